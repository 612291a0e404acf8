//! Where the server is, and who we are there.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use ::redis::{ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

/// Where a server is: `redis://host:port/number`, `rediss://` for TLS, or `unix:///path`. User and
/// password are no part of it, so that it may be shown.
#[derive(Clone)]
pub struct RedisAddress {
    text: String,
    info: ConnectionInfo,
}

impl RedisAddress {
    /// Sets who we are there.
    #[must_use]
    pub fn with_credentials(mut self, user: Option<&str>, password: Option<&str>) -> Self {
        let mut settings = self.info.redis_settings().clone();
        if let Some(user) = user {
            settings = settings.set_username(user);
        }
        if let Some(password) = password {
            settings = settings.set_password(password);
        }
        self.info = self.info.set_redis_settings(settings);
        self
    }

    pub(super) fn info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl FromStr for RedisAddress {
    type Err = RedisAddressError;

    fn from_str(text: &str) -> Result<Self, RedisAddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(RedisAddressError::Malformed)?;
        if rest.contains('@') || rest.contains("pass=") || rest.contains("user=") {
            return Err(RedisAddressError::HasCredentials);
        }
        if !["redis", "rediss", "unix"].contains(&scheme) || rest.contains('#') {
            return Err(RedisAddressError::Malformed);
        }
        let info = text.into_connection_info().map_err(|_| RedisAddressError::Malformed)?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP2);
        // Nothing is asked that a user with few rights may not.
        let info = info.set_redis_settings(settings.set_skip_set_lib_name());
        Ok(Self { text: text.to_owned(), info })
    }
}

impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisAddress({:?})", self.text)
    }
}

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedisAddressError {
    /// It is not of the form.
    #[error("it must be like `redis://host:6379/0`, `rediss://host/0` or `unix:///run/redis.sock`")]
    Malformed,
    /// It holds a user or a password, which others could see.
    #[error(
        "user and password must not stand in it: name them with `redis_user` and `redis_password_file`"
    )]
    HasCredentials,
}

/// What all our keys begin with: 1 to 64 ASCII letters, digits, `-`, `_`, `.` and `:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPrefix(Arc<str>);

impl FromStr for KeyPrefix {
    type Err = KeyPrefixError;

    fn from_str(text: &str) -> Result<Self, KeyPrefixError> {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        let fits = (1..=64).contains(&text.len());
        if fits && text.bytes().all(fine) { Ok(Self(text.into())) } else { Err(KeyPrefixError) }
    }
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that no keys begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be 1 to 64 letters, digits, `-`, `_`, `.` and `:`")]
pub struct KeyPrefixError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_no_secret() {
        for text in ["redis://h/0", "rediss://h:1/2", "unix:///run/redis.sock", "redis://[::1]:1"] {
            let address: RedisAddress = text.parse().unwrap();
            let address = address.with_credentials(Some("me"), Some("s3cret"));
            assert_eq!(address.to_string(), text);
            assert!(!format!("{address:?}").contains("s3cret"));
        }
        for text in ["redis://:x@h", "redis://u@h", "unix:///s?pass=x", "unix:///s?user=x"] {
            assert_eq!(
                text.parse::<RedisAddress>().unwrap_err(),
                RedisAddressError::HasCredentials
            );
        }
        for text in ["", "h", "http://h", "redis://", "redis://h/x", "rediss://h/#insecure"] {
            let error = text.parse::<RedisAddress>().unwrap_err();
            assert_eq!(error, RedisAddressError::Malformed, "{text}");
        }
    }

    #[test]
    fn a_prefix_is_plain() {
        assert_eq!("a:b-C_1.x".parse::<KeyPrefix>().unwrap().to_string(), "a:b-C_1.x");
        for text in ["", "a b", "ü", "*", &"x".repeat(65)] {
            assert_eq!(text.parse::<KeyPrefix>(), Err(KeyPrefixError), "{text}");
        }
    }
}
