//! The names of all settings, in the file and in the environment.

/// The keys of the configuration file.
pub(super) const KEYS: [&str; 25] = [
    "roots",
    "max_depth",
    "exclude",
    "skillmeat_home",
    "threads",
    "listen",
    "ttl_seconds",
    "key_file",
    "socket",
    "ask_service",
    "log",
    "watch",
    "watch_budget",
    "state_directory",
    "backup_count",
    "backup_days",
    "lock_seconds",
    "index",
    "cache_directory",
    "redis",
    "redis_user",
    "redis_password_file",
    "redis_prefix",
    "volumes",
    "host_name",
];

/// What `volumes` must be.
pub(super) const VOLUMES: &str =
    "names of 1 to 64 letters, digits, `-`, `_` and `.`, each once, and directories";

/// What a number must be that counts something there is.
pub(super) const FROM_ONE: &str = "a whole number from 1";

/// What `listen` must be.
pub(super) const AN_ADDRESS: &str = "an address with a port, such as \"127.0.0.1:8787\"";

/// The variables of the environment.
pub(super) const VARIABLES: [&str; 27] = [
    "SKILLSTAT_ROOTS",
    "SKILLSTAT_MAX_DEPTH",
    "SKILLSTAT_EXCLUDE",
    "SKILLSTAT_SKILLMEAT_HOME",
    "SKILLSTAT_THREADS",
    "SKILLSTAT_LISTEN",
    "SKILLSTAT_TTL_SECONDS",
    "SKILLSTAT_KEY_FILE",
    "SKILLSTAT_SOCKET",
    "SKILLSTAT_ASK_SERVICE",
    "SKILLSTAT_LOG",
    "SKILLSTAT_WATCH",
    "SKILLSTAT_WATCH_BUDGET",
    "SKILLSTAT_STATE_DIRECTORY",
    "SKILLSTAT_BACKUP_COUNT",
    "SKILLSTAT_BACKUP_DAYS",
    "SKILLSTAT_LOCK_SECONDS",
    "SKILLSTAT_INDEX",
    "SKILLSTAT_CACHE_DIRECTORY",
    "SKILLSTAT_REDIS",
    "SKILLSTAT_REDIS_USER",
    "SKILLSTAT_REDIS_PASSWORD",
    "SKILLSTAT_REDIS_PASSWORD_FILE",
    "SKILLSTAT_REDIS_PREFIX",
    "SKILLSTAT_VOLUMES",
    "SKILLSTAT_HOST_NAME",
    "SKILLSTAT_CONFIG",
];

/// Returns the known name that looks most like `name`, if any does.
pub(super) fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let likeness = |candidate: &str| strsim::normalized_damerau_levenshtein(name, candidate);
    let best = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|candidate| likeness(candidate) > 0.5)
}
