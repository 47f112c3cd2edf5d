//! Which HTTP is spoken. One version at a time: a target that would rather have another one shall not choose.

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// What the platform speaks.
    Http1,
    Http2,
}

impl Version {
    /// For people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }

    /// The name by which both sides agree on it before an encrypted connection stands (RFC 7301).
    pub(super) const fn alpn(self) -> &'static [u8] {
        match self {
            Self::Http1 => b"http/1.1",
            Self::Http2 => b"h2",
        }
    }

    /// A client that speaks nothing else, from the first byte on.
    pub(super) fn only(self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match self {
            Self::Http1 => builder.http1_only(),
            Self::Http2 => builder.http2_prior_knowledge(),
        }
    }
}
