//! Which machine this is.

use std::path::Path;

use rustix::system::uname;
use sha2::{Digest, Sha256};
use skillstat_domain::HostId;

use crate::Config;

/// Where the system keeps its own id. Source: `machine-id(5)`.
const MACHINE_ID: &str = "/etc/machine-id";

/// Returns what people call this machine.
pub(super) fn name(config: &Config) -> String {
    let configured = config.fleet.host_name.value.clone();
    configured.unwrap_or_else(|| uname().nodename().to_string_lossy().into_owned())
}

/// Returns the id of this machine: the same as long as its own id, its name and the state directory are.
/// Two users of one machine are two. The system's id itself is told to nobody.
pub fn id(config: &Config) -> HostId {
    let machine = std::fs::read(Path::new(MACHINE_ID)).unwrap_or_default();
    let all = (machine, name(config), &config.state_directory.value);
    let digest: [u8; 32] = Sha256::digest(format!("{all:?}")).into();
    let [first, _] = *digest.as_chunks::<16>().0 else { unreachable!("it has 32 bytes") };
    HostId::from_bytes(first)
}
