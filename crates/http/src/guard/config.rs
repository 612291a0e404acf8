//! The rules of the guard, as the service is started with them.

use std::fmt;

use subtle::ConstantTimeEq;

/// Who may ask what. The default: this machine's names, nobody's pages, reading without a key and no
/// writing at all.
#[derive(Debug, Clone, Default)]
pub struct GuardConfig {
    /// Names, besides those of this machine, under which the service may be addressed; without a
    /// port, an IPv6 address in brackets.
    pub hosts: Vec<String>,
    /// Origins whose pages may read the answers and write, such as `http://localhost:3000`.
    pub origins: Vec<String>,
    /// The key of those who may write.
    pub key: Option<ApiKey>,
    /// Whether reading takes the key too. Without a key nobody reads then.
    pub reads: Reads,
    /// Whether whoever connects from this machine needs no key; not for use behind a proxy on the
    /// same machine, which makes everyone seem to be here.
    pub trust_loopback: bool,
    /// Whether requests come over a socket that only its owner can open, so that neither a key nor
    /// a `Host` tells more.
    pub private_socket: bool,
}

/// Whether reading takes the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reads {
    /// Anyone who reaches the service may read.
    #[default]
    Open,
    /// Only who has the key may read.
    WithKey,
}

/// A secret; it is not printed, and comparing it takes as long whatever is compared.
#[derive(Clone)]
pub struct ApiKey(Box<[u8]>);

impl ApiKey {
    /// Takes the secret; nothing when it is empty, which would be no secret.
    pub fn new(secret: &str) -> Option<Self> {
        (!secret.is_empty()).then(|| Self(secret.as_bytes().into()))
    }

    /// Returns the secret, for who is to have it.
    pub(crate) fn text(&self) -> Option<&str> {
        str::from_utf8(&self.0).ok()
    }

    /// Tells whether this is the secret. The time taken tells at most how long the secret is.
    pub(crate) fn is(&self, given: &[u8]) -> bool {
        self.0.ct_eq(given).into()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}
