//! Ed25519 keys as `openssl genpkey -algorithm ed25519` writes them.

use super::sha256;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer, pem::PemObject};
use std::fmt;

/// What stands before the 32 bytes of a public key of this kind, in DER.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PUBLIC: usize = 32;

/// Why a file is no key for certificates. No message quotes the file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    #[error("it is encrypted")]
    Encrypted,
    #[error("it holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`)")]
    NoPrivateKey,
    #[error("it holds a public key; the private one signs")]
    OnlyPublic,
    #[error("its key is not of the kind Ed25519")]
    OtherKind,
    #[error("it holds no public key in PEM (`-----BEGIN PUBLIC KEY-----`)")]
    NoPublicKey,
    #[error("it holds a private key; give away the public one only")]
    Private,
}

impl KeyError {
    /// What to type.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Encrypted => "openssl pkey -in key.pem -out plain.pem takes the password away; keep that file safe",
            Self::Private | Self::NoPublicKey => "openssl pkey -in key.pem -pubout -out key.pub writes the public key",
            _ => "openssl genpkey -algorithm ed25519 -out key.pem makes one",
        }
    }
}

/// A key that signs. It is never printed or written.
pub struct SigningKey(Ed25519KeyPair);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Reads PKCS#8 in PEM.
    ///
    /// # Errors
    /// It is none, or of another kind.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let has = |label: &str| memchr::memmem::find(pem, format!("-----BEGIN {label}-----").as_bytes()).is_some();
        if has("ENCRYPTED PRIVATE KEY") {
            return Err(KeyError::Encrypted);
        }
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| match has("PUBLIC KEY") {
            true => KeyError::OnlyPublic,
            false if has("RSA PRIVATE KEY") || has("EC PRIVATE KEY") => KeyError::OtherKind,
            false => KeyError::NoPrivateKey,
        })?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der());
        key.map(Self).map_err(|_| KeyError::OtherKind)
    }

    /// The signature of a message: 64 bytes, the same for the same message.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; PUBLIC];
        bytes.copy_from_slice(&self.0.public_key().as_ref()[..PUBLIC]);
        PublicKey(bytes)
    }
}

/// A key that verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; PUBLIC]);

impl PublicKey {
    /// Reads PEM.
    ///
    /// # Errors
    /// It is none, or of another kind.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        if memchr::memmem::find(pem, b"PRIVATE KEY-----").is_some() {
            return Err(KeyError::Private);
        }
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| KeyError::NoPublicKey)?;
        let bytes = der.as_ref().strip_prefix(&SPKI).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(KeyError::OtherKind)
    }

    fn der(&self) -> Vec<u8> {
        SPKI.into_iter().chain(self.0).collect()
    }

    /// As openssl writes it.
    pub fn to_pem(&self) -> String {
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(self.der()))
    }

    /// What the key is recognised by: `openssl pkey -pubin -in key.pub -outform DER | sha256sum` says the same.
    pub fn fingerprint(&self) -> String {
        format!("sha256:{}", sha256(&self.der()))
    }

    /// Whether the signature is one of this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }
}
