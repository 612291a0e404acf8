//! What holds of anything that a server says, for tests only: the function panics where it does not.

use ::redis::parse_redis_value;
use skillstat_domain::{Missed, VolumeVersion};
use skillstat_wire::FleetTotal;

use super::limits::{LOG, MOST_HOSTS};
use super::{entry, reply};

/// Whatever a server says is taken for what it is or refused: changes lead on from the version that is known,
/// what is read of them is written the same, and machines are no more than there may be, in order.
///
/// # Panics
///
/// Panics when that does not hold of `bytes`, in Redis's protocol, or as one entry.
pub fn redis(bytes: &[u8]) {
    if let Some(changes) = entry::read(bytes) {
        assert_eq!(entry::read(entry::write(&changes).as_bytes()), Some(changes));
    }
    let Ok(value) = parse_redis_value(bytes) else { return };
    for known in [None, VolumeVersion::new(1), VolumeVersion::new(41)] {
        let Ok(renewal) = reply::renewal(&value, known) else { continue };
        if let Missed::Changes(changes) = renewal.missed {
            let known = known.expect("changes are told to whoever knows a version").count();
            let more = renewal.version.count() - known;
            assert!(more <= LOG as u64 && (more > 0 || changes.is_empty()), "{more}");
        }
    }
    if let Ok(version) = reply::version(&value) {
        assert_eq!(VolumeVersion::new(version.count()), Some(version));
    }
    if let Ok(hosts) = reply::hosts(&value) {
        assert!(hosts.len() <= MOST_HOSTS);
        let told = FleetTotal::from(&*hosts);
        assert_eq!(told.hosts, hosts.len(), "their sums can be told");
        assert!(hosts.is_sorted_by_key(|report| (&report.summary.name, report.summary.host)));
    }
    if let Ok(id) = reply::run_id(&value) {
        assert!(id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    }
    let _any = reply::to("1-2", &value).is_ok();
}
