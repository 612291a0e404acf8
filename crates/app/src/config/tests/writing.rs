//! What writing is done with.

use super::*;

#[track_caller]
fn check(place: &Place, expected: [(&str, &str); 4]) {
    let config = place.load();
    let found = [
        show(&config.state_directory, |path| path.to_str().unwrap().to_owned()),
        show(&config.backup_count, ToString::to_string),
        show(&config.backup_days, ToString::to_string),
        show(&config.lock_seconds, ToString::to_string),
    ];
    for ((value, origin), expected) in found.iter().zip(expected) {
        assert_eq!((value.as_str(), origin.rsplit('/').next().unwrap()), expected);
    }
}

#[test]
fn variables_win_over_the_file_and_that_over_the_defaults() {
    let place = Place::new();
    let state = place.home.join(".local/state/skillstat").to_str().unwrap().to_owned();
    check(&place, [(&state, "default"), ("1000", "default"), ("30", "default"), ("10", "default")]);
    let file = "state_directory = '/file'\nbackup_count = 1\nbackup_days = 2\nlock_seconds = 3\n";
    let place = Place::new().file(file);
    let from_file = ["config.toml:1", "config.toml:2", "config.toml:3", "config.toml:4"];
    let values = ["/file", "1", "2", "3"];
    check(&place, std::array::from_fn(|index| (values[index], from_file[index])));
    let names = [
        "SKILLSTAT_STATE_DIRECTORY",
        "SKILLSTAT_BACKUP_COUNT",
        "SKILLSTAT_BACKUP_DAYS",
        "SKILLSTAT_LOCK_SECONDS",
    ];
    let values = ["/variable", "4", "5", "6"];
    let place = names
        .iter()
        .zip(values)
        .fold(Place::new().file(file), |place, (name, value)| place.variable(name, value));
    check(&place, std::array::from_fn(|index| (values[index], names[index])));
}

#[test]
fn the_state_directory_moves_with_xdg_state_home_when_that_is_absolute() {
    let state =
        |home: &str| Place::new().variable("XDG_STATE_HOME", home).load().state_directory.value;
    assert_eq!(state("/state"), Path::new("/state/skillstat"));
    assert!(state("relative").ends_with(".local/state/skillstat"));
}

#[test]
fn none_of_them_is_zero() {
    for key in ["backup_count", "backup_days", "lock_seconds"] {
        let error = Place::new().file(&format!("{key} = 0\n")).error();
        assert!(error.contains(key) && error.contains("a whole number from 1"), "{error}");
    }
}
