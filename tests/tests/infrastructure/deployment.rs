//! An evaluated deployment: its resources, and which of them belong to which service.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

const ENVIRONMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bicep/env");
pub(crate) const PROFILES: [&str; 2] = ["dev", "prod"];

/// A resource as Azure would be asked for it.
#[derive(Clone)]
pub(crate) struct Resource(pub(crate) Value);

impl Resource {
    pub(crate) fn id(&self) -> &str {
        self.text("/id")
    }

    pub(crate) fn kind(&self) -> &str {
        self.text("/type")
    }

    pub(crate) fn name(&self) -> &str {
        self.text("/name")
    }

    /// The value at a JSON pointer; null where there is none.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The text at a JSON pointer; empty where there is none.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_default()
    }

    pub(crate) fn list(&self, pointer: &str) -> &[Value] {
        self.at(pointer).as_array().map_or(&[], Vec::as_slice)
    }

    /// Writes a value at a JSON pointer, whose last name may be new; null takes it away.
    pub(crate) fn set(&mut self, pointer: &str, value: Value) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        self.0.pointer_mut(parent).unwrap()[name] = value;
    }

    /// Whose resource group it is in: a service's code, or `shared`, `network`, `analytics`.
    pub(crate) fn owner(&self) -> &str {
        owner_of(self.id())
    }

    /// It follows another MySQL server.
    pub(crate) fn is_replica(&self) -> bool {
        self.text("/properties/createMode") == "Replica"
    }

    pub(crate) fn is_in(&self, other: &Self) -> bool {
        self.id().strip_prefix(other.id()).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// The owner of the resource group that an id names; empty where it names none.
pub(crate) fn owner_of(id: &str) -> &str {
    let group = id.split("/resourceGroups/").nth(1).unwrap_or_default().split('/').next();
    group.unwrap_or_default().rsplit('-').next().unwrap_or_default()
}

/// The user-assigned identity that a run-time reference asks for its principal or client id.
pub(crate) fn identity_in(expression: &str) -> Option<&str> {
    let rest = expression.split("/userAssignedIdentities/").nth(1)?;
    rest.split('\'').next()
}

/// How a service is called in URLs, and in resources.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) app: String,
}

/// All resources of one environment.
#[derive(Clone)]
pub(crate) struct Deployment {
    pub(crate) profile: &'static str,
    pub(crate) resources: Vec<Resource>,
    pub(crate) services: Vec<Service>,
}

impl Deployment {
    /// Both profiles, as they are committed.
    pub(crate) fn all() -> &'static [Self] {
        static ALL: LazyLock<[Deployment; 2]> =
            LazyLock::new(|| PROFILES.map(Deployment::committed));
        &*ALL
    }

    fn committed(profile: &'static str) -> Self {
        Self::read(&Path::new(ENVIRONMENTS).join(format!("{profile}.snapshot.json")), profile)
    }

    /// The deployment that a snapshot holds.
    pub(crate) fn read(path: &Path, profile: &'static str) -> Self {
        let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let resources = document["predictedResources"].as_array().unwrap().clone();
        let services = document["outputs"]["services"].as_array().unwrap().iter().map(|service| {
            let text = |name: &str| service[name].as_str().unwrap().to_owned();
            let code = text("group").rsplit('-').next().unwrap().to_owned();
            Service { name: text("name"), code, app: text("app") }
        });
        let services = services.collect();
        Self { profile, resources: resources.into_iter().map(Resource).collect(), services }
    }

    /// The resources of a kind.
    pub(crate) fn of(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.kind() == kind)
    }

    /// The first resource of a kind whose name or id contains `part`.
    pub(crate) fn find(&self, kind: &str, part: &str) -> Option<&Resource> {
        self.of(kind).find(|resource| resource.id().contains(part))
    }

    /// The same, to be broken.
    pub(crate) fn find_mut(&mut self, kind: &str, part: &str) -> &mut Resource {
        let found = self
            .resources
            .iter_mut()
            .find(|resource| resource.kind() == kind && resource.id().contains(part));
        found.unwrap_or_else(|| panic!("no {kind} {part}"))
    }

    /// Takes resources away, at least one.
    pub(crate) fn remove(&mut self, kind: &str, part: &str) {
        let before = self.resources.len();
        self.resources.retain(|resource| resource.kind() != kind || !resource.id().contains(part));
        assert!(self.resources.len() < before, "no {kind} {part}");
    }

    /// The service whose resource group has this code.
    pub(crate) fn service(&self, code: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.code == code)
    }

    /// The service of this name.
    pub(crate) fn service_named(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The settings of a service's app.
    pub(crate) fn settings(&self, service: &Service) -> &Resource {
        let place = format!("/sites/{}/config/appsettings", service.app);
        self.find("Microsoft.Web/sites/config", &place).unwrap()
    }
}
