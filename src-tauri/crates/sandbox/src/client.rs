//! A client of the control interface, for the command line and the window.

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::contract::{
    Advance, AgreementStatus, Agreements, Amend, Buyers, ControlError, Directory, Fault, Keys,
    Mail, Mailbox, Named, Network, Now, Numbered, OneAgreement, Quotas, Reason, Registration,
    RequestStatus, Status, Subscribe, TokenLifetime,
};
use crate::folder;

/// How long a request may take; moving the clock of a large world takes some seconds.
const TIMEOUT: Duration = Duration::from_mins(2);
/// How long a sandbox may take to say that it is there.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The controls of a running sandbox.
#[derive(Clone, Debug)]
pub struct Control {
    endpoint: String,
    http: Client,
}

impl Control {
    /// The sandbox at an endpoint as `http://127.0.0.1:PORT`; whether it answers is not asked.
    #[must_use]
    pub fn at(endpoint: impl Into<String>) -> Self {
        let endpoint = endpoint.into().trim_end_matches('/').to_owned();
        // No proxy: loopback is not to leave this machine, whatever the environment says.
        let http = Client::builder()
            .no_proxy()
            .timeout(TIMEOUT)
            .build()
            .unwrap_or_default();
        Self { endpoint, http }
    }

    /// The sandbox that serves a state directory, if one does. A stale record is recognized.
    pub async fn find(state_dir: &Path) -> Option<Self> {
        let served = folder::served(state_dir)?;
        let control = Self::at(served.endpoint);
        let probe = control
            .request(Method::GET, "status")
            .timeout(PROBE_TIMEOUT);
        let status: Status = send(probe).await.ok()?;
        (status.instance == served.instance).then_some(control)
    }

    /// Where the sandbox is reached.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How the sandbox stands.
    pub async fn status(&self) -> Result<Status, ControlError> {
        send(self.request(Method::GET, "status")).await
    }

    /// The whole directory, page by page.
    pub async fn directory(&self) -> Result<Directory, ControlError> {
        let mut whole = Directory::default();
        let mut after = None;
        loop {
            let page = self.directory_page(after.as_deref(), None).await?;
            whole.organizations.extend(page.organizations);
            whole.members.extend(page.members);
            whole.billing_accounts.extend(page.billing_accounts);
            whole.workspaces.extend(page.workspaces);
            whole.deployments.extend(page.deployments);
            whole.links.extend(page.links);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(whole),
            }
        }
    }

    /// A page of the directory after [`Directory::next`] of the one before, of `limit` units.
    pub async fn directory_page(
        &self,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Directory, ControlError> {
        let after = after.map(|after| format!("after={after}"));
        let limit = limit.map(|limit| format!("limit={limit}"));
        let parameters: Vec<String> = after.into_iter().chain(limit).collect();
        let path = format!("directory?{}", parameters.join("&"));
        send(self.request(Method::GET, &path)).await
    }

    /// Buyers whose account, company, e-mail address or agreement id has `query` in it.
    pub async fn buyers(&self, query: &str, limit: u32) -> Result<Buyers, ControlError> {
        let query = percent_encoded(query);
        send(self.request(Method::GET, &format!("buyers?query={query}&limit={limit}"))).await
    }

    /// Puts a mail into the buyers' mailbox, and gives its number.
    pub async fn mail(&self, mail: &Mail) -> Result<u64, ControlError> {
        let Numbered { number } = self.post("mails", mail).await?;
        Ok(number)
    }

    /// The newest mails to an address with this in it that came after the one of this number; the
    /// newest first, up to 100.
    pub async fn mailbox(&self, address: &str, after: u64) -> Result<Mailbox, ControlError> {
        let address = percent_encoded(address);
        let path = format!("mailbox?address={address}&after={after}");
        send(self.request(Method::GET, &path)).await
    }

    /// A buyer subscribes, and opens "Set up your account".
    pub async fn subscribe(&self, purchase: &Subscribe) -> Result<Registration, ControlError> {
        self.post("subscribe", purchase).await
    }

    /// A buyer opens "Set up your account" again; the new token supersedes the older ones.
    pub async fn set_up(&self, agreement_id: &str) -> Result<Registration, ControlError> {
        self.post("set-up", &one(agreement_id)).await
    }

    /// The agreement renews now; the answer names the next term's.
    pub async fn renew(&self, agreement_id: &str) -> Result<AgreementStatus, ControlError> {
        self.post("renew", &one(agreement_id)).await
    }

    /// The agreement expires now.
    pub async fn expire(&self, agreement_id: &str) -> Result<AgreementStatus, ControlError> {
        self.post("expire", &one(agreement_id)).await
    }

    /// The buyer cancels the agreement.
    pub async fn cancel(&self, agreement_id: &str) -> Result<AgreementStatus, ControlError> {
        self.post("cancel", &one(agreement_id)).await
    }

    /// The buyer turns automatic renewal off.
    pub async fn opt_out_of_renewal(
        &self,
        agreement_id: &str,
    ) -> Result<AgreementStatus, ControlError> {
        self.post("opt-out-of-renewal", &one(agreement_id)).await
    }

    /// The buyer accepts a cancellation request.
    pub async fn accept(&self, request_id: &str) -> Result<RequestStatus, ControlError> {
        let path = format!(
            "cancellation-requests/{}/accept",
            percent_encoded(request_id)
        );
        self.post(&path, &Reason::default()).await
    }

    /// The buyer rejects a cancellation request.
    pub async fn reject(
        &self,
        request_id: &str,
        reason: Option<&str>,
    ) -> Result<RequestStatus, ControlError> {
        let path = format!(
            "cancellation-requests/{}/reject",
            percent_encoded(request_id)
        );
        self.post(
            &path,
            &Reason {
                reason: reason.map(ToOwned::to_owned),
            },
        )
        .await
    }

    /// Moves the clock forward by a time as `3d`, `5h` or `30m`.
    pub async fn advance(&self, by: &str) -> Result<Now, ControlError> {
        self.post("advance", &Advance { by: by.to_owned() }).await
    }

    /// Sets how long registration tokens are good for, as `4h`.
    pub async fn set_token_lifetime(&self, lifetime: &str) -> Result<(), ControlError> {
        let asked = TokenLifetime {
            lifetime: lifetime.to_owned(),
        };
        self.post::<_, Empty>("token-lifetime", &asked)
            .await
            .map(drop)
    }

    /// Sets a fault.
    pub async fn add_fault(&self, fault: &Fault) -> Result<Named, ControlError> {
        self.post("faults", fault).await
    }

    /// Removes a fault.
    pub async fn remove_fault(&self, id: &str) -> Result<(), ControlError> {
        let path = format!("faults/{}", percent_encoded(id));
        send::<Empty>(self.request(Method::DELETE, &path))
            .await
            .map(drop)
    }

    /// Removes all faults.
    pub async fn clear_faults(&self) -> Result<(), ControlError> {
        send::<Empty>(self.request(Method::DELETE, "faults"))
            .await
            .map(drop)
    }

    /// Takes the network to AWS down or up.
    pub async fn set_network(&self, up: bool) -> Result<(), ControlError> {
        self.post::<_, Network>("network", &Network { up })
            .await
            .map(drop)
    }

    /// Answers AWS operations to one access key only, or to every one again; or has it expire.
    pub async fn set_credentials(&self, keys: &Keys) -> Result<(), ControlError> {
        self.post::<_, Keys>("credentials", keys).await.map(drop)
    }

    /// Holds callers to AWS's published quotas, or stops doing so.
    pub async fn set_quotas(&self, enforced: bool) -> Result<(), ControlError> {
        self.post::<_, Quotas>("quotas", &Quotas { enforced })
            .await
            .map(drop)
    }

    /// That many active agreements change now.
    pub async fn amend(&self, count: u32) -> Result<Agreements, ControlError> {
        self.post("amend", &Amend { count }).await
    }

    /// Forgets how often operations were called.
    pub async fn reset_counters(&self) -> Result<(), ControlError> {
        send::<Empty>(self.request(Method::POST, "reset-counters"))
            .await
            .map(drop)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/_sandbox/{path}", self.endpoint))
    }

    async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ControlError> {
        send(self.request(Method::POST, path).json(body)).await
    }
}

/// An answer that says nothing but that it was done.
#[derive(serde::Deserialize)]
struct Empty {}

fn one(agreement_id: &str) -> OneAgreement {
    OneAgreement {
        agreement_id: agreement_id.to_owned(),
    }
}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ControlError> {
    let unreachable = |error: reqwest::Error| {
        tracing::debug!(%error, "the sandbox did not answer");
        ControlError::new("unreachable", "The sandbox does not answer")
            .with_hint("Start it, or name the endpoint of one that runs")
    };
    let response = request.send().await.map_err(unreachable)?;
    let refused = !response.status().is_success();
    let bytes = response.bytes().await.map_err(unreachable)?;
    let unreadable = |_| ControlError::new("internal", "The sandbox's answer does not read");
    if refused {
        let error: ControlError = serde_json::from_slice(&bytes).map_err(unreadable)?;
        return Err(error);
    }
    serde_json::from_slice(&bytes).map_err(unreadable)
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}
