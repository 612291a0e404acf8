//! The way to the server, encrypted.

use std::net::TcpListener;
use std::process::Command;

use super::*;

/// Makes an authority and a certificate for `localhost` that it has signed.
fn certificates(directory: &Path) {
    let run = |arguments: &str| {
        let mut openssl = Command::new("openssl");
        let made = openssl.args(arguments.split(' ')).current_dir(directory).output();
        let made = made.expect("this test needs openssl: `scripts/test` installs it");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    run(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
         -keyout ca.key -out ca.pem",
    );
    run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
         -keyout server.key -out server.csr");
    fs::write(directory.join("names"), "subjectAltName=DNS:localhost").expect("writable");
    run("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
         -extfile names -out server.pem");
}

#[test]
fn a_server_is_believed_only_with_a_certificate_of_somebody_who_is() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    certificates(directory.path());
    let free = TcpListener::bind("localhost:0").expect("a port is free");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let tls_port = port.to_string();
    let _redis = RedisServer::start(
        directory.path(),
        &[
            "--tls-port",
            &tls_port,
            "--tls-cert-file",
            "server.pem",
            "--tls-key-file",
            "server.key",
            "--tls-ca-cert-file",
            "ca.pem",
            "--tls-auth-clients",
            "no",
        ],
    );
    let service = Service::start(&[]);
    let address = format!("SKILLSTAT_REDIS=rediss://localhost:{port}/0");
    let authority = format!("SSL_CERT_FILE={}", directory.path().join("ca.pem").display());
    let run = |by: &[&str]| crate::run(command_by(by, &service.sandbox).arg("fleet"));
    let (code, _, err) = run(&["env", &address, &authority]);
    assert_eq!(code, Some(0), "{err}");
    let (code, _, err) = run(&["env", &address]);
    assert_eq!(code, Some(3));
    assert!(err.to_lowercase().contains("certificate"), "{err}");
    // The port without TLS is no port with it, and says so at once.
    let plain = format!("SKILLSTAT_REDIS=redis://localhost:{port}/0");
    let (code, _, _) = run(&["env", &plain, &authority]);
    assert_eq!(code, Some(3));
}
