//! Where the private socket is: one place for each configuration.

use super::*;

fn socket(place: &Place) -> Option<PathBuf> {
    place.load().socket.value
}

#[test]
fn it_is_below_the_runtime_directory_if_there_is_one() {
    let place = Place::new().variable("XDG_RUNTIME_DIR", "/run/user/1");
    let name = format!("{}.sock", &place.load().fingerprint()[..16]);
    assert_eq!(socket(&place), Some(Path::new("/run/user/1/skillstat").join(&name)));
    let place = place.variable("SKILLSTAT_KEY_FILE", "/keys/mine");
    assert_eq!(socket(&place), Some(Path::new("/run/user/1/skillstat").join(&name)));
    let place = Place::new().variable("SKILLSTAT_KEY_FILE", "/keys/mine");
    assert_eq!(socket(&place).unwrap().parent(), Some(Path::new("/keys")));
    let place = Place::new().variable("XDG_RUNTIME_DIR", "relative");
    assert!(socket(&place).unwrap().starts_with(&place.home));
}

#[test]
fn its_name_tells_configurations_apart_and_nothing_else_does() {
    let place = Place::new();
    let named = |flags: Flags| Config::load(flags, &place.surroundings()).unwrap().socket.value;
    let usual = named(Flags::default());
    assert_eq!(named(Flags { log: Some("debug".into()), ..Flags::default() }), usual);
    assert_eq!(named(Flags { listen: "[::1]:1".parse().ok(), ..Flags::default() }), usual);
    let others = [
        named(Flags { roots: vec!["/a".into()], ..Flags::default() }),
        named(Flags { max_depth: Some(2), ..Flags::default() }),
        named(Flags { skillmeat_home: Some("/a".into()), ..Flags::default() }),
        named(Flags { unattended: true, ..Flags::default() }),
    ];
    for (index, other) in others.iter().enumerate() {
        assert_ne!(*other, usual, "{index}");
        assert!(!others[..index].contains(other), "{index}");
    }
}

#[test]
fn it_can_be_switched_off() {
    let place = Place::new().file("socket = '/file'\n");
    let off = Flags { no_socket: true, ..Flags::default() };
    assert_eq!(socket(&place.flags(off)), None);
    assert_eq!(socket(&Place::new().file("socket = false\n")), None);
    assert_eq!(socket(&Place::new().variable("SKILLSTAT_SOCKET", "false")), None);
    assert_eq!(
        Place::new().file("socket = true\n").error(),
        "HOME/.config/skillstat/config.toml:1: `socket` must be a string, or false for none"
    );
    assert_eq!(
        Place::new().variable("SKILLSTAT_SOCKET", "true").error(),
        "SKILLSTAT_SOCKET: `SKILLSTAT_SOCKET` must be a path, or false for none"
    );
}

#[test]
fn the_fingerprint_is_hex() {
    let fingerprint = Place::new().load().fingerprint();
    assert_eq!(fingerprint.len(), 64);
    assert!(fingerprint.bytes().all(|digit| digit.is_ascii_hexdigit()));
}
