//! The help in Chinese throughout: clap lays it out, every word it would add is ours.

use super::args::Cli;
use clap::{Arg, ArgAction, Command, CommandFactory};

const ARGUMENTS: &str = "参数";
const OPTIONS: &str = "选项";
const COMMON: &str = "通用选项";
const COMMANDS: &str = "命令";

/// The whole command line.
pub fn command() -> Command {
    let command = Cli::command().mut_args(|arg| if arg.is_global_set() { common(arg) } else { arg });
    let version = Arg::new("version").short('V').long("version").help("显示版本").action(ArgAction::Version);
    chinese(command.arg(common(version)), "")
}

/// What the program answers to `--help`: clap closes its headings with a colon of Latin width.
pub fn text(rendered: &str) -> String {
    let mut text = rendered.to_owned();
    for heading in [ARGUMENTS, COMMON, OPTIONS, COMMANDS] {
        text = text.replace(&format!("{heading}:"), &format!("{heading}："));
    }
    text
}

/// How a command is called: `shuangyong statistics [选项] --campaign <代码>`.
pub fn usage(command: &Command, path: &str) -> String {
    let mut words = vec![path.to_owned(), format!("[{OPTIONS}]")];
    for arg in command.get_arguments().filter(|arg| !arg.is_global_set()) {
        let value = arg.get_value_names().map_or("", |names| names[0].as_str());
        match (arg.get_long(), arg.is_required_set()) {
            (Some(long), true) => words.push(format!("--{long} <{value}>")),
            (None, true) => words.push(format!("<{value}>")),
            (None, false) if arg.is_positional() => words.push(format!("[{value}]")),
            _ => {}
        }
    }
    if command.has_subcommands() {
        words.push(format!("<{COMMANDS}>"));
    }
    words.join(" ")
}

fn chinese(command: Command, above: &str) -> Command {
    let path = format!("{above}{}", command.get_name());
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .subcommand_help_heading(COMMANDS)
        .subcommand_value_name(COMMANDS)
        .mut_args(worded)
        .arg(common(Arg::new("help").short('h').long("help").help("显示帮助").action(ArgAction::Help)));
    let usage = usage(&command, &path);
    let command = command
        .help_template(format!("{{about-with-newline}}\n用法：{usage}\n\n{{all-args}}"))
        .override_usage(usage);
    command.mut_subcommands(|sub| chinese(sub, &format!("{path} ")))
}

/// Options that every command takes stand last, under a heading of their own.
fn common(arg: Arg) -> Arg {
    arg.help_heading(COMMON).display_order(1000)
}

/// One argument with its choices, default and variable said in words behind its help, and its value named in Chinese:
/// where nobody named it, by the first words of the help (`用户名：3 到 32 个…` is `<用户名>`).
fn worded(arg: Arg) -> Arg {
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let arg = match arg.get_value_names().map(|names| names[0].as_str()) {
        Some(name) if takes_value && name.is_ascii() => {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let words = help.split(['：', '；', '（', '，', '。']).next().unwrap_or_default().to_owned();
            arg.value_name(if words.starts_with("输出格式") { "格式".to_owned() } else { words })
        }
        _ => arg,
    };
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let choices: Vec<String> =
        arg.get_possible_values().iter().map(|choice| choice.get_name().to_owned()).collect();
    if takes_value && !choices.is_empty() {
        help = format!("{help}；可选 {}", choices.join("、"));
    }
    let defaults: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .filter(|value| !value.is_empty())
        .collect();
    if !defaults.is_empty() {
        help = format!("{help}；默认 {}", defaults.join("、"));
    }
    if let Some(variable) = arg.get_env() {
        help = format!("{help}；也可写在环境变量 {} 中", variable.to_string_lossy());
    }
    let heading = if arg.is_positional() { ARGUMENTS } else { OPTIONS };
    let arg = if arg.get_help_heading().is_some() { arg } else { arg.help_heading(heading) };
    let arg = arg.help(help);
    if !takes_value {
        return arg;
    }
    arg.hide_possible_values(true).hide_default_value(true).hide_env(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever adds an option names its value in Chinese, and explains it.
    #[test]
    fn every_argument_is_explained_in_chinese() {
        fn check(command: &Command) {
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(has_chinese(&help), "{} {}: no help", command.get_name(), arg.get_id());
                for name in arg.get_value_names().unwrap_or_default().iter().filter(|_| takes_value(arg)) {
                    assert!(has_chinese(name), "{} {}: {name}", command.get_name(), arg.get_id());
                }
            }
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(has_chinese(&about), "{}: no description", command.get_name());
            command.get_subcommands().for_each(check);
        }
        fn takes_value(arg: &Arg) -> bool {
            matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
        }
        fn has_chinese(text: &str) -> bool {
            text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        }
        let mut all = command();
        all.build();
        check(&all);
    }
}
