//! Settings of the server: defaults, then the file `shuangyong.toml`, then the environment
//! (`SHUANGYONG_<SECTION>_<KEY>`), then flags. What is unknown or wrong is named with its place.

use app::{Code, Problem};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// The file that is read when none is named.
pub const FILE_NAME: &str = "shuangyong.toml";

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub server: Listening,
    pub limits: Limits,
}

/// Where the server answers, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listening {
    /// Address and port.
    pub listen: String,
    /// Whether an address other than this machine's may be listened to.
    pub allow_remote: bool,
    /// Whether browsers reach the server over TLS (by a proxy): cookies are then marked `Secure`.
    pub behind_tls: bool,
    /// Addresses or networks (`10.1.0.0/16`) whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Folder from which the web application is served instead of the embedded one; empty for the embedded one.
    pub web_dir: String,
}

/// What one client may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// A whole request, until its answer begins.
    pub request_seconds: u64,
    /// The head of a request.
    pub header_seconds: u64,
    /// Between two pieces of a body.
    pub body_seconds: u64,
    /// The head of a request.
    pub header_bytes: usize,
    /// A JSON body.
    pub json_bytes: usize,
    /// An uploaded file.
    pub upload_bytes: usize,
    /// Requests that run at the same time.
    pub concurrent_requests: usize,
    /// Streams of events that one account has open.
    pub account_streams: usize,
    /// Lists that one account uploads at the same time.
    pub account_imports: usize,
    /// How long running requests may take when the server is told to stop.
    pub stop_seconds: u64,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            allow_remote: false,
            behind_tls: false,
            trusted_proxies: Vec::new(),
            web_dir: String::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_seconds: 120,
            header_seconds: 10,
            body_seconds: 20,
            header_bytes: 16 * 1024,
            json_bytes: 4 * 1024 * 1024,
            upload_bytes: 50 * 1024 * 1024,
            concurrent_requests: 512,
            account_streams: 8,
            account_imports: 2,
            stop_seconds: 30,
        }
    }
}

/// One address, or all whose first bits are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether an address belongs to it.
    pub fn contains(&self, other: IpAddr) -> bool {
        let other = other.to_canonical();
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same_bits(u128::from(own.to_bits()) << 96, u128::from(other.to_bits()) << 96, self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same_bits(own.to_bits(), other.to_bits(), self.bits),
            _ => false,
        }
    }
}

fn same_bits(a: u128, b: u128, bits: u8) -> bool {
    bits == 0 || (a ^ b) >> (128 - u32::from(bits)) == 0
}

impl TryFrom<String> for Network {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let bad = || format!("“{text}”不是地址或网段，应如 10.1.2.3 或 10.1.0.0/16");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| bad())?)),
            None => (text.as_str(), None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most { Err(bad()) } else { Ok(Self { address, bits }) }
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        format!("{}/{}", network.address, network.bits)
    }
}

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub listen: Option<String>,
    pub allow_remote: bool,
    pub web_dir: Option<String>,
}

/// Reads the settings from everywhere. `variables` are those of the environment.
pub fn load(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
    flags: &Flags,
) -> Result<Settings, Problem> {
    let text = read(file)?;
    let mut table: toml::Table = match &text {
        Some((name, text)) => {
            // Once by itself, so that a mistake is told with its line.
            toml::from_str::<Settings>(text).map_err(|error| in_file(name, text, &error))?;
            toml::from_str(text).map_err(|error| in_file(name, text, &error))?
        }
        None => toml::Table::new(),
    };
    for (name, value) in variables {
        set(&mut table, &name, &value)?;
    }
    let mut settings: Settings = table.try_into().map_err(|error: toml::de::Error| {
        refused(format!("环境变量中的设置有误：{}", chinese(error.message())))
    })?;
    if let Some(listen) = &flags.listen {
        settings.server.listen.clone_from(listen);
    }
    settings.server.allow_remote |= flags.allow_remote;
    if let Some(folder) = &flags.web_dir {
        settings.server.web_dir.clone_from(folder);
    }
    check(&settings)?;
    Ok(settings)
}

fn read(file: Option<&Path>) -> Result<Option<(String, String)>, Problem> {
    let path = file.unwrap_or_else(|| Path::new(FILE_NAME));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.display().to_string(), text))),
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(format!("设置文件“{}”读不出来：{error}", path.display()))),
    }
}

/// Puts `SHUANGYONG_LIMITS_JSON_BYTES=1000` where `[limits] json_bytes = 1000` would stand.
fn set(table: &mut toml::Table, name: &str, value: &str) -> Result<(), Problem> {
    let Some(rest) = name.strip_prefix("SHUANGYONG_") else { return Ok(()) };
    let Some((section, key)) = ["SERVER", "LIMITS"]
        .iter()
        .find_map(|section| Some((*section, rest.strip_prefix(section)?.strip_prefix('_')?)))
    else {
        return Ok(());
    };
    let key = key.to_ascii_lowercase();
    let known = toml::Table::try_from(Settings::default()).unwrap_or_default();
    let section = section.to_ascii_lowercase();
    let Some(example) = known.get(&section).and_then(|it| it.get(&key)) else {
        return Err(refused(format!("环境变量 {name} 不对应任何设置")));
    };
    let parsed = match example {
        toml::Value::String(_) => Some(toml::Value::String(value.to_owned())),
        toml::Value::Array(_) => Some(toml::Value::Array(
            value
                .split(',')
                .filter(|it| !it.trim().is_empty())
                .map(|it| toml::Value::String(it.trim().to_owned()))
                .collect(),
        )),
        toml::Value::Boolean(_) => value.parse().ok().map(toml::Value::Boolean),
        _ => value.parse().ok().map(toml::Value::Integer),
    };
    let parsed = parsed.ok_or_else(|| refused(format!("环境变量 {name} 的值“{value}”不可用")))?;
    let section = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let Some(section) = section.as_table_mut() {
        section.insert(key, parsed);
    }
    Ok(())
}

fn check(settings: &Settings) -> Result<(), Problem> {
    settings.address()?;
    settings.web()?;
    let limits = &settings.limits;
    for (name, value, least) in [
        ("request_seconds", limits.request_seconds, 1),
        ("header_seconds", limits.header_seconds, 1),
        ("body_seconds", limits.body_seconds, 1),
        ("header_bytes", limits.header_bytes as u64, 8 * 1024),
        ("json_bytes", limits.json_bytes as u64, 1024),
        ("upload_bytes", limits.upload_bytes as u64, 1024),
        ("concurrent_requests", limits.concurrent_requests as u64, 1),
        ("account_streams", limits.account_streams as u64, 1),
        ("account_imports", limits.account_imports as u64, 1),
    ] {
        if value < least {
            return Err(refused(format!("[limits] {name} = {value} 太小，至少 {least}")));
        }
    }
    Ok(())
}

impl Settings {
    /// The address to listen to; one that others reach must be allowed.
    pub fn address(&self) -> Result<SocketAddr, Problem> {
        let listen = &self.server.listen;
        let address: SocketAddr = listen
            .parse()
            .map_err(|_| refused(format!("监听地址“{listen}”无法理解，应如 127.0.0.1:8080")))?;
        if !address.ip().is_loopback() && !self.server.allow_remote {
            return Err(refused(format!(
                "默认只能监听本机（127.0.0.1），不能监听 {}；传输还没有加密，确需在内网使用并由代理加密时，\
                 请加 --allow-remote，或在设置文件中写 [server] allow_remote = true",
                address.ip()
            )));
        }
        Ok(address)
    }

    /// The folder of the web application, when one is named, holds it.
    pub fn web(&self) -> Result<(), Problem> {
        let folder = &self.server.web_dir;
        if folder.is_empty() || Path::new(folder).join("index.html").is_file() {
            return Ok(());
        }
        Err(refused(format!(
            "目录“{folder}”里没有 index.html，不是构建好的网页；先运行 npm --prefix web run build"
        )))
    }

    /// The settings as a file.
    pub fn text(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

fn refused(message: String) -> Problem {
    Problem::new(Code::BadRequest, message)
}

fn in_file(name: &str, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = line.map_or_else(String::new, |line| format!("第 {line} 行"));
    refused(format!("设置文件“{name}”{place}：{}", chinese(error.message())))
}

fn chinese(said: &str) -> String {
    match said.split('`').nth(1) {
        Some(word) if said.contains("unknown field") => format!("没有“{word}”这项设置"),
        Some(word) if said.contains("invalid type") => format!("值的类型不对（{word}）"),
        _ if said.contains("invalid type") => "值的类型不对".to_owned(),
        _ if said.is_ascii() => format!("写法不对（{said}）"),
        _ => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, text).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(Some(&file), variables, &Flags::default()).map_err(|problem| problem.message)
    }

    #[test]
    fn file_and_environment_are_laid_over_the_defaults() {
        let settings = loaded(
            "[limits]\njson_bytes = 2048\n[server]\ntrusted_proxies = [\"10.0.0.0/8\"]\n",
            &[("SHUANGYONG_LIMITS_JSON_BYTES", "4096"), ("SHUANGYONG_KEYS", "x"), ("PATH", "y")],
        )
        .unwrap();
        assert_eq!(settings.limits.json_bytes, 4096);
        assert_eq!(settings.limits.header_bytes, Limits::default().header_bytes);
        assert!(settings.server.trusted_proxies[0].contains("10.9.8.7".parse().unwrap()));
        assert!(!settings.server.trusted_proxies[0].contains("11.9.8.7".parse().unwrap()));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let folder_free = |text: &str| loaded(text, &[]).unwrap_err().split_once('”').unwrap().1.to_owned();
        assert_eq!(folder_free("[server]\n\nlisen = \"x\"\n"), "第 3 行：没有“lisen”这项设置");
        assert!(folder_free("[limits]\njson_bytes = \"x\"\n").starts_with("第 2 行：值的类型不对"));
        assert!(folder_free("[server]\ntrusted_proxies = [\"x\"]\n").contains("不是地址或网段"));
        let unknown = loaded("", &[("SHUANGYONG_SERVER_LISEN", "x")]).unwrap_err();
        assert!(unknown.contains("SHUANGYONG_SERVER_LISEN"), "{unknown}");
        assert!(loaded("[server]\nlisten = \"0.0.0.0:80\"\n", &[]).unwrap_err().contains("--allow-remote"));
        assert!(loaded("[server]\nlisten = \"0.0.0.0:80\"\nallow_remote = true\n", &[]).is_ok());
        assert!(loaded("[limits]\nbody_seconds = 0\n", &[]).unwrap_err().contains("body_seconds"));
        let no_web = loaded("", &[("SHUANGYONG_SERVER_WEB_DIR", "no-such-folder")]).unwrap_err();
        assert!(no_web.contains("index.html"), "{no_web}");
    }

    #[test]
    fn networks_are_compared_bit_by_bit() {
        for (network, address, is_in) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("10.1.2.0/23", "10.1.3.9", true),
            ("10.1.2.0/23", "10.1.4.9", false),
            ("0.0.0.0/0", "9.9.9.9", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "10.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ] {
            let network = Network::try_from(network.to_owned()).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), is_in, "{network:?} {address}");
        }
    }
}
