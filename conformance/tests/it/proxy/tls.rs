//! An upstream that speaks TLS, by a certificate that nobody else knows.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::support::{Proxy, parts, send};

/// A server of these names, and the certificate (PEM) of who vouches for it.
fn identity(name: &str) -> (ServerConfig, String) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (config.with_single_cert(vec![own.der().clone()], key).unwrap(), authority.pem())
}

/// Answers every request with a list whose `next` leads to itself; gives its URL.
async fn serve(config: ServerConfig) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let body =
        format!("{{\"next\": \"{url}/api/v2/groups.json?cursor=a\", \"previous\": null, \"results\": []}}");
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).await.is_ok() {
                head.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    url
}

const REQUEST: &[u8] = b"GET /api/v2/groups.json HTTP/1.1\r\nHost: weni.test\r\nConnection: close\r\n\r\n";

async fn through(url: String, args: Vec<String>) -> (Vec<String>, String) {
    let exchange = move || {
        let proxy = Proxy::start(&url, &args.iter().map(String::as_str).collect::<Vec<_>>());
        let (lines, body) = parts(&send(&proxy.url, REQUEST));
        proxy.stop();
        (lines, String::from_utf8(body).unwrap())
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_exchanges_go_over_tls_to_who_is_vouched_for() {
    let file = std::env::temp_dir().join(format!("ca-{}.pem", uuid::Uuid::new_v4()));
    let ca = |pem: &str| {
        std::fs::write(&file, pem).unwrap();
        vec!["--ca".to_owned(), file.to_str().unwrap().to_owned()]
    };
    let (config, pem) = identity("127.0.0.1");
    let url = serve(config).await;
    let (lines, body) = through(url.clone(), ca(&pem)).await;
    assert_eq!(lines[0], "HTTP/1.1 200 OK");
    let expected =
        "{\"next\": \"http://weni.test/api/v2/groups.json?cursor=a\", \"previous\": null, \"results\": []}";
    assert_eq!(body, expected);
    // Nobody vouches for it, or somebody does for another name.
    let (lines, body) = through(url, Vec::new()).await;
    assert_eq!(lines[0], "HTTP/1.1 502 Bad Gateway");
    assert!(body.contains("the proxy could not reach") && body.contains("certificate"), "{body}");
    let (config, pem) = identity("elsewhere.example");
    let (lines, body) = through(serve(config).await, ca(&pem)).await;
    assert_eq!(lines[0], "HTTP/1.1 502 Bad Gateway");
    assert!(body.contains("certificate"), "{body}");
    std::fs::remove_file(file).ok();
}
