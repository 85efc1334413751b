//! Opens connections, to the first host that lets one in, and keeps those that are fit.

use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, RecycleError, RecycleResult};
use tokio_postgres::config::{Config, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{NoTls, Socket};

use crate::postgres::connection::Connection;
use crate::postgres::fault::{CONNECTING, fault};
#[cfg(feature = "postgres-tls")]
use crate::postgres::tls::Tls;
use crate::{Error, ErrorKind};

pub(super) type Pool = managed::Pool<Manager>;
pub(super) type Client = Object<Manager>;

/// Opens connections with the settings that the store needs.
pub(super) struct Manager {
    /// One for each host, in the order in which they are tried.
    pub(super) hosts: Vec<Config>,
    #[cfg(feature = "postgres-tls")]
    pub(super) tls: Option<Tls>,
    pub(super) settings: String,
    /// How long a host may take to let a connection in.
    pub(super) connects_within: Duration,
    /// How long the server may take for each answer.
    pub(super) answers_within: Duration,
}

impl Manager {
    async fn connect(&self, host: &Config) -> Result<Connection, tokio_postgres::Error> {
        #[cfg(feature = "postgres-tls")]
        if let Some(tls) = &self.tls {
            return self.connect_with(host, tls.connector()).await;
        }
        self.connect_with(host, NoTls).await
    }

    async fn connect_with<T>(
        &self,
        host: &Config,
        tls: T,
    ) -> Result<Connection, tokio_postgres::Error>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, rest) = host.connect(tls).await?;
        let mut connection = Connection::new(client, rest, self.answers_within);
        connection.batch_execute(&self.settings).await?;
        connection.renew(Duration::ZERO);
        Ok(connection)
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection, Error> {
        let mut failed = Error::new(ErrorKind::Unreachable, CONNECTING);
        for host in &self.hosts {
            failed = match tokio::time::timeout(self.connects_within, self.connect(host)).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(e)) => fault(CONNECTING, e),
                Err(late) => Error::new(ErrorKind::Unreachable, CONNECTING).caused_by(late),
            };
        }
        Err(failed)
    }

    async fn recycle(
        &self,
        connection: &mut Connection,
        metrics: &Metrics,
    ) -> RecycleResult<Error> {
        if !connection.is_fit() {
            return Err(RecycleError::message("the connection is closed, or takes no writes"));
        }
        connection.renew(metrics.last_used());
        Ok(())
    }
}

/// A configuration for each of the hosts. Of several, only one that takes writes will do.
///
/// The client gives each host a time for its connection, but not for its first answers: a host
/// that lets in and never answers would keep those after it from being tried.
pub(super) fn each_host(config: &Config) -> Vec<Config> {
    let (hosts, addresses, ports) =
        (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = hosts.len().max(addresses.len());
    if count < 2 {
        return vec![config.clone()];
    }
    let one = |n: usize| {
        let mut one = without_hosts(config);
        match hosts.get(n) {
            Some(tokio_postgres::config::Host::Tcp(host)) => drop(one.host(host)),
            #[cfg(unix)]
            Some(tokio_postgres::config::Host::Unix(folder)) => drop(one.host_path(folder)),
            None => {}
        }
        if let Some(address) = addresses.get(n) {
            one.hostaddr(*address);
        }
        if let Some(port) = ports.get(n).or(ports.first()) {
            one.port(*port);
        }
        if one.get_target_session_attrs() == TargetSessionAttrs::Any {
            one.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        one
    };
    (0..count).map(one).collect()
}

/// The same, to no host yet.
fn without_hosts(config: &Config) -> Config {
    let mut same = Config::new();
    if let Some(user) = config.get_user() {
        same.user(user);
    }
    if let Some(password) = config.get_password() {
        same.password(password);
    }
    if let Some(name) = config.get_dbname() {
        same.dbname(name);
    }
    if let Some(options) = config.get_options() {
        same.options(options);
    }
    if let Some(name) = config.get_application_name() {
        same.application_name(name);
    }
    if let Some(timeout) = config.get_connect_timeout() {
        same.connect_timeout(*timeout);
    }
    if let Some(timeout) = config.get_tcp_user_timeout() {
        same.tcp_user_timeout(*timeout);
    }
    if let Some(interval) = config.get_keepalives_interval() {
        same.keepalives_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        same.keepalives_retries(retries);
    }
    same.ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .target_session_attrs(config.get_target_session_attrs())
        .channel_binding(config.get_channel_binding());
    same
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_hosts_are_tried_one_by_one_with_everything_else_the_same() {
        let rest = "user=m password=p dbname=d options='-c x=1' application_name=a \
            sslmode=require sslnegotiation=direct connect_timeout=3 tcp_user_timeout=4 \
            keepalives=1 keepalives_idle=5 keepalives_interval=6 keepalives_retries=7 \
            channel_binding=require";
        let several = format!("host=one,/run/two hostaddr=10.0.0.1,10.0.0.2 port=1,2 {rest}");
        let alone = |host: &str| -> Config {
            format!("{host} {rest} target_session_attrs=read-write").parse().unwrap()
        };
        let expected = [
            alone("host=one hostaddr=10.0.0.1 port=1"),
            alone("host=/run/two hostaddr=10.0.0.2 port=2"),
        ];
        assert_eq!(each_host(&several.parse().unwrap()), expected);
    }

    #[test]
    fn a_host_alone_may_be_one_that_is_only_read() {
        let config: Config = "host=one port=7 user=m".parse().unwrap();
        assert_eq!(each_host(&config), [config]);
    }
}
