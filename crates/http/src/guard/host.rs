//! The name a service is addressed by: a page that made its own name point here is refused.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;

use super::GuardConfig;
use crate::problem::Refusal;

const THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Refuses a request for another host.
pub(super) fn check(request: &Request, config: &GuardConfig) -> Result<(), Refusal> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let header = hosts.next().and_then(|value| value.to_str().ok());
    let target = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let asked = [header, target];
    let known = asked.iter().flatten().all(|authority| is_known(authority, config))
        && asked.iter().any(Option::is_some)
        && hosts.next().is_none();
    if known || config.private_socket {
        Ok(())
    } else {
        let why = "this host is not served here; allow it with --host";
        Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, why))
    }
}

fn is_known(authority: &str, config: &GuardConfig) -> bool {
    let host = without_port(authority);
    let configured = config.hosts.iter().map(String::as_str);
    THIS_MACHINE.into_iter().chain(configured).any(|known| known.eq_ignore_ascii_case(host))
}

/// Takes the port off; whoever writes something else after the host is left with it.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}
