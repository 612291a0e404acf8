//! Other machines: where they are reached, and what is shared with them.

use super::*;

/// A server, and a volume below the search root.
const SHARED: &str = "roots = ['/mnt']\nredis = 'rediss://host/1'\n[volumes]\nteam = '/mnt/team'\n";

#[test]
fn nothing_is_shared_unless_it_is_said() {
    let fleet = Place::new().load().fleet;
    assert_eq!((fleet.redis.value, fleet.volumes.value.len()), (None, 0));
    assert_eq!(fleet.redis_prefix.value, "skillstat");
    assert_eq!(fleet.redis.origin, Origin::Default);
}

#[cfg(feature = "redis")]
#[test]
fn the_file_says_everything_but_the_password() {
    let text = "roots = ['/mnt', 'here']\nredis = 'rediss://host/1'\nredis_user = 'me'\n\
                redis_password_file = 'secret'\nredis_prefix = 'ours:'\nhost_name = 'build'\n\
                [volumes]\nteam = '/mnt/team'\nother = 'here/below'\n";
    let fleet = Place::new().file(text).load().fleet;
    assert_eq!(fleet.redis.value.as_deref(), Some("rediss://host/1"));
    assert_eq!(fleet.redis_user.value.as_deref(), Some("me"));
    let file = fleet.redis_password_file.value.unwrap();
    assert!(file.ends_with(".config/skillstat/secret"), "it starts where the file is: {file:?}");
    assert_eq!(fleet.redis_prefix.value, "ours:");
    assert_eq!(fleet.host_name.value.as_deref(), Some("build"));
    let volumes: Vec<_> = fleet.volumes.value.iter().map(|volume| volume.name.as_str()).collect();
    assert_eq!(volumes, ["other", "team"]);
    assert!(fleet.volumes.value[0].path.ends_with(".config/skillstat/here/below"));
    assert_eq!(fleet.volumes.value[1].path, Path::new("/mnt/team"));
}

#[cfg(feature = "redis")]
#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let place = || {
        Place::new()
            .file(SHARED)
            .variable("SKILLSTAT_REDIS", "redis://variable")
            .variable("SKILLSTAT_VOLUMES", "a=/mnt/a:b=/mnt/b")
            .variable("SKILLSTAT_HOST_NAME", "variable")
            .variable("SKILLSTAT_REDIS_PASSWORD", "s3cret")
    };
    let fleet = place().load().fleet;
    assert_eq!(fleet.redis.value.as_deref(), Some("redis://variable"));
    assert_eq!(fleet.volumes.value.len(), 2);
    assert_eq!(fleet.volumes.origin, Origin::Variable("SKILLSTAT_VOLUMES"));
    let password = fleet.redis_password.unwrap();
    assert_eq!((password.reveal(), format!("{password:?}").as_str()), ("s3cret", "Secret"));
    let flags = Flags { redis: Some("redis://flag".to_owned()), ..Flags::default() };
    let fleet = place().flags(flags).load().fleet;
    assert_eq!(fleet.redis.value.as_deref(), Some("redis://flag"));
}

#[cfg(feature = "redis")]
#[test]
fn an_empty_text_says_nothing() {
    let fleet =
        Place::new().file("redis = ''\nredis_password_file = ''\nvolumes = {}\n").load().fleet;
    assert_eq!((fleet.redis.value, fleet.redis_password_file.value), (None, None));
}

#[cfg(feature = "redis")]
#[test]
fn what_cannot_be_is_refused_and_says_what_would_do() {
    let check = |text: &str, expected: &str| {
        let error = Place::new().file(text).error();
        assert!(error.contains(expected), "{error}");
    };
    check("redis = 'http://host'\n", ":1: `redis`: it must be like `redis://host:6379/0`");
    check(
        "redis = 'redis://:s3cret@host'\n",
        "name them with `redis_user` and `redis_password_file`",
    );
    check("redis = 1\n", ":1: `redis` must be a string");
    check("redis_prefix = 'a b'\n", ":1: `redis_prefix`: it must be 1 to 64 letters");
    check("[volumes]\nteam = '/mnt/team'\n", ":1: `volumes` needs `redis`");
    check("volumes = ['/mnt']\n", ":1: `volumes` must be names of 1 to 64");
    check("[volumes]\n'a b' = '/mnt'\n", ":1: `volumes` must be names of 1 to 64");
    let elsewhere = SHARED.replace("/mnt/team", "/srv/team");
    check(
        &elsewhere,
        ":3: the volume `team` is at `/srv/team`, which is no search root and below none",
    );
    for text in ["team", "team=/a:team=/b", "a b=/a"] {
        let error = Place::new().variable("SKILLSTAT_VOLUMES", text).error();
        assert!(
            error.starts_with("SKILLSTAT_VOLUMES: `SKILLSTAT_VOLUMES` must be names"),
            "{error}"
        );
    }
}
