//! Microsoft's account in memory, and the way into it: requests and answers without HTTP.

use std::error::Error;

use azure_core::http::headers::{HeaderName as SdkName, HeaderValue as SdkValue};
use azure_core::http::{AsyncRawResponse, Method as SdkMethod, Request, Url};
use azure_data_cosmos_driver::in_memory_emulator::{
    ContainerConfig, InMemoryEmulatorHttpClient, VirtualAccountConfig, VirtualRegion,
};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::containers::Containers;
use crate::operations::Call;

const REGION: &str = "East Asia";
/// Of each container. More than one, so that what works within one only is seen; each point
/// operation goes over the partition keys of its part, so that few parts make it slow.
const PARTS: u32 = 16;

/// The account.
#[derive(Debug)]
pub(crate) struct Account {
    emulator: InMemoryEmulatorHttpClient,
    url: Url,
}

/// What is answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Account {
    /// The account at a URL, which it tells its clients, with empty containers.
    ///
    /// # Errors
    /// Microsoft's account does not take the configuration.
    pub(crate) fn new(url: &str, containers: &Containers) -> Result<Self, Box<dyn Error>> {
        let url: Url = url.parse()?;
        let region = VirtualRegion::new(REGION, url.clone());
        let config = VirtualAccountConfig::new(vec![region])?;
        let emulator = InMemoryEmulatorHttpClient::try_new(config)?;
        let store = emulator.store();
        for database in &containers.databases {
            store.create_database(database);
        }
        for container in &containers.all {
            let config = ContainerConfig::new().with_partition_count(PARTS).build()?;
            let key = container.partition_key.clone();
            store.create_container_with_config(&container.database, &container.name, key, config);
        }
        Ok(Self { emulator, url })
    }

    /// What Microsoft's account answers. What it cannot even read is 400 in its form.
    pub(crate) async fn ask(&self, call: &Call) -> Answer {
        match self.exchange(call).await {
            Ok(answer) => answer,
            Err(error) => {
                let body = json!({ "code": "BadRequest", "message": error.to_string() });
                let status = StatusCode::BAD_REQUEST;
                Answer { status, headers: HeaderMap::new(), body: body.to_string().into() }
            }
        }
    }

    async fn exchange(&self, call: &Call) -> Result<Answer, Box<dyn Error + Send + Sync>> {
        let mut request = Request::new(self.url.join(&format!("/{}", call.path))?, method(call)?);
        for (name, value) in &call.headers {
            let name = SdkName::from(name.as_str().to_owned());
            request.headers_mut().insert(name, SdkValue::from(value.to_str()?.to_owned()));
        }
        request.set_body(call.body.clone());
        let answer: AsyncRawResponse = self.emulator.execute_request(&request).await?;
        let answer = answer.try_into_raw_response().await?;
        let mut headers = HeaderMap::new();
        for (name, value) in answer.headers().iter() {
            headers.insert(
                name.as_str().parse::<HeaderName>()?,
                value.as_str().parse::<HeaderValue>()?,
            );
        }
        let status = StatusCode::from_u16(answer.status().into())?;
        Ok(Answer { status, headers, body: answer.into_body().to_vec() })
    }
}

fn method(call: &Call) -> Result<SdkMethod, String> {
    Ok(match call.method {
        Method::GET => SdkMethod::Get,
        Method::POST => SdkMethod::Post,
        Method::PUT => SdkMethod::Put,
        Method::PATCH => SdkMethod::Patch,
        Method::DELETE => SdkMethod::Delete,
        ref other => return Err(format!("no such method: {other}")),
    })
}
