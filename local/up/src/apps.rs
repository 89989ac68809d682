//! Function apps as folders: assembling packages from sources, and placing them to be run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;
use crate::programs::CHECKOUT;
use crate::settings::Settings;

/// What host.json calls every app's program.
const HANDLER: &str = "handler";

/// Assembles the app of each service in `functions/` under `out`, from the binaries in `built`.
///
/// # Errors
/// `NotBuilt`, or `Io` with the path concerned.
pub(crate) fn package(out: &Path, built: &Path) -> Result<Vec<String>, Error> {
    let checkout = Path::new(CHECKOUT);
    let services = names(&checkout.join("functions"))?;
    remove_apps(out)?;
    for service in &services {
        let binary = built.join(service);
        if !binary.is_file() {
            return Err(Error::NotBuilt(binary));
        }
        let app = out.join(service);
        copy_tree(&checkout.join("functions").join(service), &app)?;
        copy(&checkout.join("host.json"), &app.join("host.json"))?;
        link(&binary, &app.join(HANDLER))?;
    }
    Ok(services)
}

/// Places the packaged `apps` under `folder`, each with the settings that concern it.
///
/// # Errors
/// `Io` with the path concerned.
pub(crate) fn place(apps: &[App], folder: &Path, settings: &Settings) -> Result<(), Error> {
    remove_apps(folder)?;
    for app in apps {
        let place = folder.join(&app.name);
        copy_tree(&app.folder, &place)?;
        let path = place.join("local.settings.json");
        let text = settings.local_settings_json(&app.name);
        fs::write(&path, text).map_err(Error::io(format!("cannot write {}", path.display())))?;
    }
    Ok(())
}

/// One packaged app.
#[derive(Debug, Clone)]
pub(crate) struct App {
    /// The service's name, which is also that of its event hub.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl App {
    /// The app's program.
    pub(crate) fn handler(&self) -> PathBuf {
        self.folder.join(HANDLER)
    }
}

/// The event hubs of these apps, and those that they read, each with the consumer groups that read
/// it: a service may be packaged before the one whose events it reads.
///
/// # Errors
/// `Io` with the path concerned.
pub(crate) fn hubs(apps: &[App]) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let mut hubs: BTreeMap<String, BTreeSet<String>> =
        apps.iter().map(|app| (app.name.clone(), BTreeSet::new())).collect();
    for app in apps {
        for function in names(&app.folder)? {
            if let Some((hub, group)) = hub_and_group(&app.folder.join(function)) {
                hubs.entry(hub).or_default().extend(group);
            }
        }
    }
    Ok(hubs)
}

/// The event hub that the function in `folder` reads, if it reads one, and its consumer group.
pub(crate) fn hub_and_group(folder: &Path) -> Option<(String, Option<String>)> {
    let text = fs::read_to_string(folder.join("function.json")).ok()?;
    // One that is broken is for the host to name.
    let function: Value = serde_json::from_str(&text).unwrap_or_default();
    let text = |name: &str| function["bindings"][0][name].as_str().map(str::to_owned);
    Some((text("eventHubName")?, text("consumerGroup")))
}

/// The packaged apps in `folder`.
///
/// # Errors
/// `Io` when the folder cannot be read.
pub(crate) fn list(folder: &Path) -> Result<Vec<App>, Error> {
    let apps = names(folder)?.into_iter().map(|name| {
        let folder = folder.join(&name);
        App { name, folder }
    });
    Ok(apps.filter(|app| app.folder.join("host.json").is_file()).collect())
}

fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = || format!("cannot read {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io(failed()))? {
        let entry = entry.map_err(Error::io(failed()))?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Leaves alone whatever in `folder` is no packaged app.
fn remove_apps(folder: &Path) -> Result<(), Error> {
    let failed = || format!("cannot empty {}", folder.display());
    fs::create_dir_all(folder).map_err(Error::io(failed()))?;
    for app in list(folder)? {
        fs::remove_dir_all(app.folder).map_err(Error::io(failed()))?;
    }
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = || format!("cannot copy {}", from.display());
    fs::create_dir_all(to).map_err(Error::io(failed()))?;
    for entry in fs::read_dir(from).map_err(Error::io(failed()))? {
        let entry = entry.map_err(Error::io(failed()))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if entry.file_name() == HANDLER {
            link(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Programs are large, and the linker never writes into an old one, so one copy on disk is enough.
fn link(from: &Path, to: &Path) -> Result<(), Error> {
    fs::hard_link(from, to).or_else(|_| copy(from, to))
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let copied = fs::copy(from, to).map(drop);
    copied.map_err(Error::io(format!("cannot copy {} to {}", from.display(), to.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_has_a_consumer_group_for_each_service_that_reads_it() {
        let checkout = Path::new(CHECKOUT).join("functions");
        let app = |name: &str| App { name: name.to_owned(), folder: checkout.join(name) };
        let hubs = hubs(&[app("timeline"), app("qr-code")]).unwrap();
        let groups = |hub: &str| hubs[hub].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(groups("payments"), ["qr-code", "timeline"]);
        assert_eq!(groups("social"), ["timeline"]);
        assert_eq!(groups("timeline"), [""; 0]);
    }
}
