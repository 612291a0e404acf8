//! The yardstick of `scripts/bench http`: axum as it comes, with one route that returns the bytes of a
//! file, which it has read before.
//!
//! Its argument is that file. It prints the address it listens on, and answers until it is killed.

#![expect(clippy::print_stdout, reason = "whoever starts it has to learn the address")]

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::net::TcpListener;

fn main() {
    let file = std::env::args_os().nth(1).expect("the file to answer with is the argument");
    let body = Bytes::from(std::fs::read(file).expect("the file is readable"));
    // As many threads as the service has.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("the system gives threads").block_on(answer(body));
}

async fn answer(body: Bytes) {
    let route = get(async move || ([(CONTENT_TYPE, "application/json")], body.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    println!("http://{}/", listener.local_addr().expect("it is bound"));
    axum::serve(listener, Router::new().route("/", route)).await.expect("it goes on for ever");
}
