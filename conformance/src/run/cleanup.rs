//! Removes what a case made.

use reqwest::Method;

use crate::client::{Answer, Client, ClientError, Endpoint, PrepareError};
use crate::guard;
use crate::ledger::{Fate, Ledger};

/// Deletes everything that the ledger says is standing, contacts before groups, and looks for what a request without
/// an answer may have made.
pub(super) async fn clean(client: &Client, ledger: &mut Ledger) {
    if ledger.unanswered() {
        for endpoint in [Endpoint::Contacts, Endpoint::Groups] {
            // What is not found now, the look at the end of the run or `sweep` finds later.
            search(client, ledger, endpoint).await.ok();
        }
    }
    for endpoint in [Endpoint::Contacts, Endpoint::Groups] {
        let standing = ledger.made().iter().filter(|made| made.endpoint == endpoint);
        let standing: Vec<_> =
            standing.filter(|made| made.fate == Fate::Standing).map(|made| made.id.clone()).collect();
        for uuid in standing {
            match show(client, ledger, endpoint, &uuid).await {
                Ok(()) if is_standing(ledger, &uuid) => {
                    let fate = match delete(client, ledger, endpoint, &uuid).await {
                        Ok(answer) if matches!(answer.status, 200..=299 | 404) => {
                            is_gone(client, ledger, endpoint, &uuid).await
                        }
                        Ok(answer) => Fate::Left(format!("DELETE answers {}", answer.status)),
                        Err(reason) => Fate::Left(reason),
                    };
                    ledger.settle(&uuid, &fate);
                }
                // It went by its URN, or is somebody else's.
                Ok(()) => {}
                Err(reason) => ledger.settle(&uuid, &Fate::Left(reason.to_string())),
            }
        }
    }
}

/// Has a list show something before it is touched by its UUID, if none did yet: only the answer that made it speaks for
/// it. What no list shows counts as removed.
///
/// # Errors
/// Why it could not be looked at.
pub(super) async fn show(
    client: &Client,
    ledger: &mut Ledger,
    endpoint: Endpoint,
    uuid: &str,
) -> Result<(), ClientError> {
    let Ok(request) = client.own_request(Method::GET, endpoint, &[("uuid", uuid)]) else { return Ok(()) };
    if ledger.unseen(std::iter::once(uuid)).is_empty() {
        return Ok(());
    }
    let answer = client.send(&request).await?;
    let page = answer.json().filter(|_| answer.status == 200);
    let Some(items) = page.as_ref().and_then(|page| page["results"].as_array()) else {
        let why = format!("GET ?uuid= answers {}: nobody can tell whether it is this run's", answer.status);
        ledger.settle(uuid, &Fate::Left(why));
        return Ok(());
    };
    ledger.note(&request, Some(&answer));
    if !items.iter().any(|item| item["uuid"] == uuid) {
        // Nobody finds later what shows no mark.
        let hidden = ledger.made().iter().any(|made| made.id == uuid && made.masked);
        let unseen =
            || Fate::Left("GET ?uuid= does not show it, and it bears no mark to be found by".to_owned());
        ledger.settle(uuid, &if hidden { unseen() } else { Fate::Removed });
    }
    Ok(())
}

/// Whether something is gone whose removal was answered: of what shows no mark nobody would find it later.
async fn is_gone(client: &Client, ledger: &Ledger, endpoint: Endpoint, uuid: &str) -> Fate {
    if !ledger.made().iter().any(|made| made.id == uuid && made.masked) {
        return Fate::Removed;
    }
    let Ok(request) = client.own_request(Method::GET, endpoint, &[("uuid", uuid)]) else {
        return Fate::Removed;
    };
    let page = client.send(&request).await.ok().and_then(|answer| answer.json());
    match page.as_ref().and_then(|page| page["results"].as_array()).map(Vec::is_empty) {
        Some(true) => Fate::Removed,
        Some(false) => Fate::Left("it is there, although its removal was answered".to_owned()),
        None => Fate::Left("its removal was answered, and nobody could look whether it is gone".to_owned()),
    }
}

fn is_standing(ledger: &Ledger, uuid: &str) -> bool {
    ledger.made().iter().any(|made| made.id == uuid && made.fate == Fate::Standing)
}

async fn delete(client: &Client, ledger: &Ledger, endpoint: Endpoint, uuid: &str) -> Result<Answer, String> {
    let request = client
        .own_request(Method::DELETE, endpoint, &[("uuid", uuid)])
        .map_err(|reason: PrepareError| reason.to_string())?;
    guard::check(&request, ledger, false).map_err(|reason| reason.to_string())?;
    client.send(&request).await.map_err(|reason: ClientError| reason.to_string())
}

/// Enters into the ledger whatever bears the case's mark in its name, or has a URN that it tried.
async fn search(client: &Client, ledger: &mut Ledger, endpoint: Endpoint) -> Result<(), ClientError> {
    let own = ledger.marks().own.clone();
    let queries: Vec<Vec<(&str, String)>> = match endpoint {
        // The filter finds a part of a name, but a whole URN.
        Endpoint::Contacts => std::iter::once(("name", own))
            .chain(ledger.tried().iter().map(|urn| ("urn", urn.clone())))
            .map(|pair| vec![pair])
            .collect(),
        // Here it would have to be the whole name; all groups are one page or two, the newest first.
        Endpoint::Groups | Endpoint::Fields => vec![Vec::new()],
    };
    for query in queries {
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let Ok(request) = client.own_request(Method::GET, endpoint, &query) else { continue };
        let answer = client.send(&request).await?;
        let Some(page) = answer.json() else { continue };
        for item in page["results"].as_array().into_iter().flatten() {
            ledger.adopt(endpoint, item);
        }
    }
    Ok(())
}
