//! Where requests go.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::Uri;
use hyper::body::Bytes;
use hyper::http::Error;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{Error as NoPem, PemObject};
use rustls_platform_verifier::Verifier;

use crate::client::BaseUrl;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an idle one is kept: many servers close theirs after few seconds, and a request sent in that moment is lost.
const IDLE: Duration = Duration::from_secs(1);

/// No connections can be made. One line.
#[derive(Debug, thiserror::Error)]
pub enum NoUpstream {
    /// The system offers no TLS configuration.
    #[error("no TLS here: {0}")]
    Tls(#[from] rustls::Error),
    /// A file of certificates cannot be read.
    #[error("--ca {}: {problem}", file.display())]
    Ca {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The address is none that HTTP can name.
    #[error("--upstream: `{0}` has no host")]
    Address(BaseUrl),
}

/// A connection pool to one server. It sends a target byte for byte as it came, which reqwest does not: its URLs write `'`,
/// `"`, `{` and letters beyond ASCII as `%27` and the like, and leave `..` segments out.
#[derive(Debug, Clone)]
pub struct Upstream {
    pub(super) pool: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    scheme: Scheme,
    pub(super) authority: Authority,
    /// The path that all of the API's follow; empty as a rule.
    pub(super) prefix: String,
}

impl Upstream {
    /// The server at this address. Nothing is sent yet. `ca`: a file of certificates (PEM) that are trusted besides the
    /// system's.
    ///
    /// # Errors
    /// The address has no host, the file no certificate, or the system no TLS configuration.
    pub fn new(base: &BaseUrl, ca: Option<&Path>) -> Result<Self, NoUpstream> {
        let none = || NoUpstream::Address(base.clone());
        let uri = base.to_string().parse::<Uri>().map_err(|_| none())?.into_parts();
        let prefix = uri.path_and_query.map(|path| path.path().trim_end_matches('/').to_owned());
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT));
        let trusted = ca.map(certificates).transpose()?.unwrap_or_default();
        let tls = HttpsConnectorBuilder::new().with_tls_config(trusting(trusted)?);
        let mut pool = Client::builder(TokioExecutor::new());
        pool.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        Ok(Self {
            pool: pool.build(tls.https_or_http().enable_http1().wrap_connector(http)),
            scheme: uri.scheme.ok_or_else(none)?,
            authority: uri.authority.ok_or_else(none)?,
            prefix: prefix.unwrap_or_default(),
        })
    }

    /// The address there of a target as a client sent it.
    ///
    /// # Errors
    /// The two make no address.
    pub(super) fn uri(&self, target: &PathAndQuery) -> Result<Uri, Error> {
        let target = match self.prefix.as_str() {
            "" => target.clone(),
            prefix => format!("{prefix}{target}").parse()?,
        };
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(target)
            .build()
    }

    /// Whether a host (with a port, or the usual one) is its own under the scheme that it is spoken to in.
    pub(super) fn is_at(&self, scheme: &str, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        let port = authority.port_u16().unwrap_or_else(|| usual_port(&self.scheme));
        self.scheme.as_str().eq_ignore_ascii_case(scheme)
            && authority.host().eq_ignore_ascii_case(self.authority.host())
            && port == self.port()
    }

    /// The port, also where the address does not name it.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or_else(|| usual_port(&self.scheme))
    }
}

fn usual_port(scheme: &Scheme) -> u16 {
    if *scheme == Scheme::HTTPS { 443 } else { 80 }
}

/// TLS that trusts these certificates, and whom the system does.
fn trusting(certificates: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(certificates, Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(config.with_no_client_auth())
}

/// The certificates in a file.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, NoUpstream> {
    let read = || CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, NoPem>>();
    let wrong = |problem: String| NoUpstream::Ca { file: file.to_owned(), problem };
    match read() {
        Ok(none) if none.is_empty() => Err(wrong("there is no certificate in it (PEM)".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(NoPem::Io(error)) => Err(wrong(error.to_string())),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// Its address.
impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}
