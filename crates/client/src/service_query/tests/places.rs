//! Sockets that are not there, or that somebody else may have put there: nobody is asked then.

use std::os::unix::fs::{chown, symlink};
use std::{fs, thread};

use rustix::process::{Uid, geteuid};

use super::*;

/// `nobody` on Linux.
const NOBODY: u32 = 65_534;

/// Says why the service is not asked, after it was seen that nobody has connected.
async fn not_asked(place: &Place, listener: &StdUnixListener) -> String {
    let said = place.refused(Limits::default()).await;
    let connected = listener.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(connected, Err(std::io::ErrorKind::WouldBlock));
    let directory = place.socket().parent().unwrap().to_str().unwrap().to_owned();
    said.replace(&directory, "DIRECTORY")
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_service() {
    let place = Place::new();
    assert_eq!(place.refused(Limits::default()).await, "no service at SOCKET");
    drop(place.bind());
    fs::symlink_metadata(place.socket()).expect("the file outlives its listener");
    assert_eq!(place.refused(Limits::default()).await, "no service at SOCKET");
    fs::remove_dir_all(place.socket().parent().unwrap()).unwrap();
    assert_eq!(place.refused(Limits::default()).await, "no service at SOCKET");
    fs::write(place.socket().parent().unwrap(), "").unwrap();
    assert_eq!(place.refused(Limits::default()).await, "no service at SOCKET");
}

#[tokio::test]
async fn where_others_may_write_nobody_is_asked() {
    for mode in [0o770, 0o720, 0o702, 0o1777] {
        let place = Place::new();
        let listener = place.bind();
        let directory = place.socket().parent().unwrap().to_owned();
        set_permissions(directory, PermissionsExt::from_mode(mode)).unwrap();
        assert_eq!(
            not_asked(&place, &listener).await,
            "the service at SOCKET is not asked: `DIRECTORY` can be written by others",
            "{mode:o}"
        );
    }
    for mode in [0o620, 0o602] {
        let place = Place::new();
        let listener = place.bind();
        set_permissions(place.socket(), PermissionsExt::from_mode(mode)).unwrap();
        assert_eq!(
            not_asked(&place, &listener).await,
            "the service at SOCKET is not asked: `SOCKET` can be written by others",
            "{mode:o}"
        );
    }
}

#[tokio::test]
async fn what_is_no_socket_or_leads_elsewhere_is_not_asked() {
    let place = Place::new();
    fs::write(place.socket(), "").unwrap();
    let no_socket = "the service at SOCKET is not asked: `SOCKET` is no socket";
    assert_eq!(place.refused(Limits::default()).await, no_socket);

    let elsewhere = Place::new();
    let listener = elsewhere.bind();
    fs::remove_file(place.socket()).unwrap();
    symlink(elsewhere.socket(), place.socket()).unwrap();
    assert_eq!(not_asked(&place, &listener).await, no_socket);
}

#[tokio::test]
async fn what_belongs_to_another_user_is_not_asked() {
    let query =
        |socket: &str| ServiceQuery::new(socket.into(), "f00d", Arc::new(ManualClock::default()));
    if !geteuid().is_root() {
        let refused = query("/a.sock").overview().await.unwrap_err().to_string();
        assert_eq!(refused, "the service at /a.sock is not asked: `/` belongs to another user");
        return;
    }
    let place = Place::new();
    let listener = place.bind();
    chown(place.socket(), Some(NOBODY), None).unwrap();
    assert_eq!(
        not_asked(&place, &listener).await,
        "the service at SOCKET is not asked: `SOCKET` belongs to another user"
    );
    chown(place.socket(), Some(0), None).unwrap();
    chown(place.socket().parent().unwrap(), Some(NOBODY), None).unwrap();
    assert_eq!(
        not_asked(&place, &listener).await,
        "the service at SOCKET is not asked: `DIRECTORY` belongs to another user"
    );
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
async fn another_users_process_is_not_asked() {
    if !geteuid().is_root() {
        eprintln!("NOT RUN: only root can listen as another user");
        return;
    }
    let place = Place::new();
    let (directory, socket) = (place.socket().parent().unwrap().to_owned(), place.socket());
    set_permissions(place.directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
    chown(&directory, Some(NOBODY), None).unwrap();
    // Whose process it is that listens is decided then, and for one thread alone.
    let listener = thread::spawn(move || {
        rustix::thread::set_thread_uid(Uid::from_raw(NOBODY)).unwrap();
        StdUnixListener::bind(socket).unwrap()
    });
    let _listener = listener.join().unwrap();
    chown(&directory, Some(0), None).unwrap();
    chown(place.socket(), Some(0), None).unwrap();
    set_permissions(place.socket(), PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(
        place.refused(Limits::default()).await,
        "the service at SOCKET is not asked: it is another user's"
    );
}
