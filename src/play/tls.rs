//! Encrypted connections: whom to trust, what to show, and a plain word for what goes wrong.

use super::version::Version;
use crate::{evidence::FailureKind, profile::Tls};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, OtherError, SignatureScheme,
    client::{
        ResolvesClientCert,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::CertifiedKey,
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The settings of encrypted connections, and the watch over requests for a client certificate. One version of HTTP is
/// offered: a target that speaks several takes it.
pub(super) fn settings(tls: &Tls, version: Version) -> Result<(ClientConfig, Arc<Shown>), rustls::Error> {
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let inner =
        rustls_platform_verifier::Verifier::new_with_extra_roots(tls.authorities.iter().cloned(), provider.clone())?;
    let name = tls.server_name.clone().and_then(|name| ServerName::try_from(name).ok());
    let shown = Arc::new(Shown { identity: tls.identity.clone(), asked: AtomicBool::new(false) });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { inner, name }))
        .with_client_cert_resolver(shown.clone());
    config.alpn_protocols = vec![version.alpn().to_vec()];
    Ok((config, shown))
}

/// The certificate that is shown when the target asks for one.
#[derive(Debug)]
pub(super) struct Shown {
    identity: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Shown {
    /// The target has asked, and there was nothing to show.
    pub(super) fn missed(&self) -> bool {
        self.identity.is_none() && self.asked.load(Ordering::Relaxed)
    }

    /// There is a certificate to show.
    pub(super) fn has_one(&self) -> bool {
        self.identity.is_some()
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.has_one()
    }
}

/// Why a certificate is not trusted.
#[derive(Debug)]
pub(super) struct Distrust {
    pub(super) kind: FailureKind,
    pub(super) words: String,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Distrust {}

/// The platform's own checks, which say more about what they do not like, and check the name that the profile gives.
#[derive(Debug)]
struct Verifier {
    inner: rustls_platform_verifier::Verifier,
    name: Option<ServerName<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let name = self.name.as_ref().unwrap_or(name);
        self.inner.verify_server_cert(certificate, chain, name, stapled, now).map_err(|error| match error {
            rustls::Error::InvalidCertificate(reason) => {
                let distrust = distrust(&reason, certificate, chain);
                rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(distrust))))
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn distrust(reason: &CertificateError, certificate: &CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> Distrust {
    use CertificateError as Reason;
    let (kind, words) = match reason {
        Reason::Expired => (FailureKind::OutOfDate, "the certificate has expired".to_owned()),
        Reason::ExpiredContext { not_after, .. } => {
            (FailureKind::OutOfDate, format!("the certificate has expired on {}", date(*not_after)))
        }
        Reason::NotValidYet => (FailureKind::OutOfDate, "the certificate is not valid yet".to_owned()),
        Reason::NotValidYetContext { not_before, .. } => {
            (FailureKind::OutOfDate, format!("the certificate is not valid before {}", date(*not_before)))
        }
        Reason::NotValidForName => (FailureKind::OtherName, "the certificate is for another name".to_owned()),
        Reason::NotValidForNameContext { expected, presented } => {
            let names = match presented.as_slice() {
                [] => "no name at all".to_owned(),
                names => names.iter().map(|name| plain_name(name)).collect::<Vec<_>>().join(", "),
            };
            (FailureKind::OtherName, format!("the certificate is not for {} but for {names}", expected.to_str()))
        }
        other => match (issued(certificate), other) {
            // Some tools make authorities of what they sign with its own key; that is told apart nowhere else.
            (Some((subject, issuer)), reason)
                if subject == issuer && (chain.is_empty() || *reason == Reason::UnknownIssuer) =>
            {
                (FailureKind::SelfSigned, format!("the certificate is signed by nobody but itself ({subject})"))
            }
            (Some((subject, issuer)), Reason::UnknownIssuer) => (
                FailureKind::UnknownAuthority,
                format!("the certificate ({subject}) is signed by an authority that is not trusted ({issuer})"),
            ),
            (_, other) => (FailureKind::Tls, format!("the certificate is not accepted: {other}")),
        },
    };
    Distrust { kind, words }
}

/// `DnsName("sm.local")` → `sm.local`: the library prints names as its own types.
fn plain_name(presented: &str) -> String {
    match presented.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')) {
        Some(name) => name.trim_matches('"').to_owned(),
        None => presented.to_owned(),
    }
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).map_or_else(|_| format!("second {seconds}"), |time| time.to_string())
}

/// Who the certificate is for, and who signed it.
fn issued(certificate: &CertificateDer<'_>) -> Option<(String, String)> {
    let parsed = webpki::EndEntityCert::try_from(certificate).ok()?;
    Some((common_name(parsed.subject()), common_name(parsed.issuer())))
}

/// The common name in a distinguished name; the bytes themselves where there is none, so that two can be compared.
fn common_name(name: &[u8]) -> String {
    // The identifier 2.5.4.3, then a string: one byte of kind, one of length.
    const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
    let found = name.windows(COMMON_NAME.len()).position(|window| window == COMMON_NAME);
    let text = found.and_then(|at| {
        let rest = name.get(at + COMMON_NAME.len() + 1..)?;
        let (length, rest) = rest.split_first()?;
        rest.get(..usize::from(*length))
    });
    match text {
        Some(text) => format!("CN={}", String::from_utf8_lossy(text)),
        None => name.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// What a failed handshake means.
pub(super) fn explain(error: &rustls::Error, shown: Option<&Shown>, version: Version) -> (FailureKind, String) {
    use rustls::{AlertDescription as Alert, InvalidMessage};
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
            match inner.downcast_ref::<Distrust>() {
                Some(distrust) => (distrust.kind, distrust.words.clone()),
                None => (FailureKind::Tls, format!("the certificate is not accepted: {inner}")),
            }
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            (FailureKind::NotEncrypted, "the port does not speak https: what it answers is not encrypted".to_owned())
        }
        rustls::Error::AlertReceived(Alert::CertificateRequired) => (FailureKind::ClientCertificate, wanted()),
        rustls::Error::AlertReceived(_) if shown.is_some_and(Shown::missed) => {
            (FailureKind::ClientCertificate, wanted())
        }
        rustls::Error::AlertReceived(
            alert @ (Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::DecryptError),
        ) if shown.is_some_and(Shown::has_one) => (
            FailureKind::ClientCertificate,
            format!("the target does not accept the client certificate of the profile (alert {alert:?})"),
        ),
        rustls::Error::AlertReceived(Alert::NoApplicationProtocol) => {
            (FailureKind::Version, format!("the target does not speak {}", version.name()))
        }
        rustls::Error::AlertReceived(Alert::UnrecognisedName) => {
            (FailureKind::Tls, "the target does not know itself by this host name".to_owned())
        }
        other => (FailureKind::Tls, format!("no agreement on an encrypted connection: {other}")),
    }
}

/// What is said where the target wants a certificate and has got none.
pub(super) fn wanted() -> String {
    "the target wants a client certificate, and the profile names none".to_owned()
}

/// Whether a port speaks TLS. Nothing is asked and nothing is told: the answer to a greeting is enough.
pub(super) async fn is_spoken(address: &str, limit: Duration) -> bool {
    let greeting = || {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .ok()?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").ok()?;
        let mut bytes = Vec::new();
        ClientConnection::new(Arc::new(config), name).ok()?.write_tls(&mut bytes).ok()?;
        Some(bytes)
    };
    let look = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(&greeting()?).await.ok()?;
        let mut head = [0_u8; 2];
        stream.read_exact(&mut head).await.ok()?;
        Some(head)
    };
    // The head of a TLS record: a handshake (22) or an alert (21), version 3.x.
    matches!(tokio::time::timeout(limit, look).await, Ok(Some([21 | 22, 3])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_name_is_found_in_a_distinguished_name() {
        let name = [0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, b's', b'm'];
        assert_eq!(common_name(&name), "CN=sm");
        assert_eq!(common_name(&name[..9]), "310b30090603550403", "cut short: no name, and no panic");
        assert_eq!(common_name(&[0x30, 0x00]), "3000");
    }

    #[test]
    fn names_are_printed_without_the_types_of_the_library() {
        assert_eq!(plain_name("DnsName(\"sm.local\")"), "sm.local");
        assert_eq!(plain_name("sm.local"), "sm.local");
    }
}
