//! What is told of other machines. There is one series for each shared volume, and these are configured: a
//! request cannot make another one.

use metrics::{Key, Label, Recorder};
use metrics_exporter_prometheus::PrometheusRecorder;
use skillstat_domain::FleetStanding;

use super::METADATA;

/// Sets the series to how things are.
pub(super) fn tell(recorder: &PrometheusRecorder, standing: &FleetStanding) {
    let key = |name: &str| Key::from_name(format!("skillstat_fleet_{name}"));
    let gauge = |key: Key, what: &'static str, value: f64| {
        recorder.describe_gauge(key.name_shared(), None, what.into());
        recorder.register_gauge(&key, &METADATA).set(value);
    };
    let counter = |name: &str, what: &'static str, value: u64| {
        let key = key(name);
        recorder.describe_counter(key.name_shared(), None, what.into());
        recorder.register_counter(&key, &METADATA).absolute(value);
    };
    let is_there = f64::from(u8::from(standing.link.away.is_none()));
    gauge(key("connected"), "Whether other machines can be reached.", is_there);
    counter("connections_lost_total", "How often they could not any more.", standing.link.lost);
    counter("renewals_total", "Renewals of leases.", standing.renewals);
    counter("renewals_failed_total", "Renewals that failed.", standing.failed_renewals);
    counter("announcements_total", "Changes that were told.", standing.announcements);
    counter(
        "announcements_failed_total",
        "Changes that could not be told at once.",
        standing.failed_announcements,
    );
    counter("dropped_total", "How often all was forgotten for want of a lease.", standing.dropped);
    for volume in &standing.volumes {
        let label = Label::new("volume", volume.name.to_string());
        let key = Key::from_parts("skillstat_fleet_lease_seconds", vec![label]);
        gauge(key, "For how long the lease on a volume is good.", volume.lease.as_secs_f64());
    }
}
