//! What was typed wrongly, in one Chinese sentence with what to do (exit code 2).

use super::help;
use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Prints what clap found instead of a command: the help or version that was asked for, or what is wrong.
pub fn answer(error: &Error, command: Command) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let rendered = error.render();
            let styled = std::io::stdout().is_terminal();
            let text = if styled { rendered.ansi().to_string() } else { rendered.to_string() };
            // A pipe that was closed early (`| head`) is no failure.
            let _ = std::io::stdout().lock().write_all(help::text(&text).as_bytes());
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{}", help::text(&error.render().to_string()));
            ExitCode::from(2)
        }
        _ => {
            let (usage, path) = called(command, std::env::args().skip(1));
            eprintln!("{}。\n\n用法：{usage}\n详细说明：{path} --help", sentence(error));
            ExitCode::from(2)
        }
    }
}

/// How the command that was meant is called, and its name: the words typed so far that are commands.
fn called(mut command: Command, typed: impl Iterator<Item = String>) -> (String, String) {
    command.build();
    let (mut at, mut path) = (&command, command.get_name().to_owned());
    for word in typed {
        if let Some(sub) = at.get_subcommands().find(|sub| sub.get_name() == word) {
            at = sub;
            path = format!("{path} {word}");
        }
    }
    (help::usage(at, &path), path)
}

/// What is wrong, without a full stop.
fn sentence(error: &Error) -> String {
    let arg = one(error, ContextKind::InvalidArg);
    let value = one(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("{arg} 后面没有写内容{}", choices(error, ContextKind::ValidValue))
        }
        ErrorKind::InvalidValue => {
            format!("{arg} 不能写“{value}”{}", choices(error, ContextKind::ValidValue))
        }
        ErrorKind::UnknownArgument => {
            format!("没有“{arg}”这个选项，或这里不该写它{}", like(error, ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => {
            let typed = one(error, ContextKind::InvalidSubcommand);
            format!("没有“{typed}”这个命令{}", like(error, ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingSubcommand => {
            format!("还要写明做什么{}", choices(error, ContextKind::ValidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => {
            format!("缺少 {}", many(error, ContextKind::InvalidArg).join("、"))
        }
        ErrorKind::ArgumentConflict => {
            let prior = many(error, ContextKind::PriorArg).join("、");
            if prior == arg || prior.is_empty() {
                format!("{arg} 只能写一次")
            } else {
                format!("{arg} 不能与 {prior} 同时使用，请去掉其中一个")
            }
        }
        ErrorKind::ValueValidation => format!("{arg} 不能写“{value}”，{}", why(error)),
        ErrorKind::NoEquals => format!("{arg} 与内容之间要写等号"),
        ErrorKind::TooManyValues => format!("{arg} 多写了“{value}”"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{arg} 后面的内容个数不对"),
        ErrorKind::InvalidUtf8 => "命令中有不是 UTF-8 的字符，请改用 UTF-8 终端或给文件换个名称".to_owned(),
        _ => "命令写得不对".to_owned(),
    }
}

/// Why a value does not do. Our own checks say it in Chinese; all that clap checks itself are whole numbers.
fn why(error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if source.is_ascii() { "应为整数，且不超出范围".to_owned() } else { source }
}

fn choices(error: &Error, kind: ContextKind) -> String {
    let all = many(error, kind);
    if all.is_empty() { String::new() } else { format!("，可写 {}", all.join("、")) }
}

fn like(error: &Error, kind: ContextKind) -> String {
    let all = many(error, kind);
    if all.is_empty() { String::new() } else { format!("，是否要写 {}", all.join(" 或 ")) }
}

fn one(error: &Error, kind: ContextKind) -> String {
    many(error, kind).join("、")
}

/// The words of a context. Options show their value as `--year <年>`, which is how the help names them.
fn many(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_wrongly_is_said_in_chinese() {
        for (typed, expected) in [
            ("nothing", "没有“nothing”这个命令"),
            ("statistic", "没有“statistic”这个命令，是否要写 statistics"),
            ("statistics", "缺少 --campaign <代码>"),
            ("init", "缺少 --county <代码>"),
            ("roster import", "缺少 <文件>"),
            ("roster import a.xlsx --dry", "没有“--dry”这个选项，或这里不该写它，是否要写 --dry-run"),
            ("roster import a.xlsx b.xlsx", "没有“b.xlsx”这个选项，或这里不该写它"),
            ("campaign list --format xml", "--format <格式> 不能写“xml”，可写 text、json"),
            ("campaign list --format", "--format <格式> 后面没有写内容，可写 text、json"),
            ("init --county", "--county <代码> 后面没有写内容"),
            ("init --county 500240 --county 500240", "--county <代码> 只能写一次"),
            (
                "init --county 500240 --data a --database postgres://b",
                "--data <目录> 不能与 --database <地址> 同时使用，请去掉其中一个",
            ),
            (
                "campaign create --template bayi --year 今年",
                "--year <年> 不能写“今年”，应为整数，且不超出范围",
            ),
            (
                "campaign create --template bayi --year 99999",
                "--year <年> 不能写“99999”，应为整数，且不超出范围",
            ),
            ("unit split 西沱镇 --new 新镇 --on=a --on=b", "--on <日期> 只能写一次"),
        ] {
            let error = help::command()
                .try_get_matches_from(std::iter::once("shuangyong").chain(typed.split(' ')))
                .expect_err(typed);
            assert_eq!(sentence(&error), expected, "{typed}: {:?}", error.kind());
            assert_eq!(error.exit_code(), 2, "{typed}");
        }
    }

    #[test]
    fn the_usage_is_that_of_the_command_meant() {
        for (typed, usage) in [
            ("--data x statistics --format", "shuangyong statistics [选项] --campaign <代码>"),
            ("roster merge", "shuangyong roster merge [选项] --keep <号码> --drop <号码>"),
            ("visit import", "shuangyong visit import [选项] <文件> --campaign <代码>"),
            ("nothing", "shuangyong [选项] <命令>"),
        ] {
            assert_eq!(called(help::command(), typed.split(' ').map(str::to_owned)).0, usage, "{typed}");
        }
    }
}
