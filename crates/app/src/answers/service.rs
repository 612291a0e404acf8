//! The service that is asked first.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use skillstat_client::ServiceQuery;
use skillstat_domain::{Cached, Clock, Collection, Overview, QueryError, Scanned, StatisticsQuery};
use tokio::runtime;

use super::{Scope, Source};
use crate::{Config, SystemClock};

/// The service that is asked first.
#[derive(Debug, Clone)]
pub(crate) enum Service {
    /// The one at a socket.
    At(PathBuf, Arc<dyn StatisticsQuery>),
    /// None, and why.
    None(String),
}

/// The answer of a service.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) overview: Cached<Overview>,
    pub(super) collections: Option<Cached<Scanned<Vec<Collection>>>>,
}

impl Service {
    /// Chooses it as configured. Touches nothing.
    pub(crate) fn new(config: &Config) -> Self {
        let Config { ask_service, socket, .. } = config;
        match &socket.value {
            _ if !ask_service.value => {
                Self::None(format!("no service is to be asked ({})", ask_service.origin))
            }
            None => Self::None(format!("no service has a socket ({})", socket.origin)),
            Some(path) => {
                let fingerprint = config.fingerprint();
                let query = ServiceQuery::new(path.clone(), &fingerprint, Arc::new(SystemClock));
                Self::At(path.clone(), Arc::new(query))
            }
        }
    }

    /// Asks, or says why there is no answer to be taken.
    pub(super) fn ask(&self, scope: Scope) -> Result<(Told, Source), String> {
        match self {
            Self::None(reason) => Err(reason.clone()),
            // As it is for most: then no runtime is started to ask nobody.
            Self::At(socket, _) if is_absent(socket) => {
                Err(format!("no service at {}", socket.display()))
            }
            Self::At(socket, query) => {
                let told = Told::by(&**query, scope)?;
                let source = Source::Service { socket: socket.clone(), age: told.age() };
                Ok((told, source))
            }
        }
    }
}

fn is_absent(socket: &Path) -> bool {
    fs::symlink_metadata(socket).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

impl Told {
    /// Asks for everything at once.
    fn by(query: &dyn StatisticsQuery, scope: Scope) -> Result<Self, String> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("no service could be asked: {error}"))?;
        let asked: Result<_, QueryError> = runtime.block_on(async {
            match scope {
                Scope::Deployments => Ok((query.overview().await?, None)),
                Scope::AndCollections => {
                    let both = tokio::try_join!(query.overview(), query.collections());
                    both.map(|(overview, collections)| (overview, Some(collections.cached)))
                }
            }
        });
        let (overview, collections) = asked.map_err(|error| error.to_string())?;
        Ok(Self { overview: overview.cached, collections })
    }

    fn age(&self) -> Duration {
        let as_of = self.overview.as_of;
        let as_of = self.collections.as_ref().map_or(as_of, |cached| as_of.min(cached.as_of));
        SystemClock.now().since(as_of)
    }
}
