//! The routes that deploy and undeploy, and what they share.
//!
//! Each makes an order of one artifact in one project, has it carried out by `DeploymentCommands`, and
//! tells what was done in the words of SkillMeat's clients.

pub(crate) mod artifact;
mod carried;
pub(crate) mod deploy;
pub(crate) mod deployment;
mod failure;
mod profiles;
pub(crate) mod undeploy;
