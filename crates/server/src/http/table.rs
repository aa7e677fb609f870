//! One URL as data: method, path, who may, what it takes and answers, and its handler. The router and the OpenAPI
//! document are both made from it, so that neither can say what the other does not (docs/decisions/016).

use super::state::Shared;
use app::account::Use;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::authority::Permission;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Required};
use utoipa::{IntoParams, ToSchema};

/// Who may use a route at all; what of it they get is decided by the act behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Open,
    /// Whoever asks from this machine itself, not through a proxy.
    Machine,
    /// Whoever has this permission; on this machine also the page, without names.
    Figures(Permission),
    /// Whoever is signed in, or shows a token, with this permission.
    Needs(Permission),
    /// The same; asking does not count as use of the session.
    Watches(Permission),
}

impl Access {
    /// What the caller must have; `None` where nobody is asked who they are.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Self::Open | Self::Machine => None,
            Self::Figures(permission) | Self::Needs(permission) | Self::Watches(permission) => {
                Some(permission)
            }
        }
    }

    /// Whether a request keeps its session alive.
    pub fn used(self) -> Use {
        if matches!(self, Self::Watches(_)) { Use::Watching } else { Use::Active }
    }
}

/// What a route takes beside path and query.
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A JSON body.
    Json(Box<RefOr<Schema>>),
    /// A file as the body.
    File,
    /// A form with a file.
    Form(Box<RefOr<Schema>>),
}

/// What a route answers when it does what was asked.
pub enum Answer {
    /// 204.
    Nothing,
    /// A JSON document.
    Json(Box<RefOr<Schema>>),
    /// Bytes of one of these media types.
    File(&'static [&'static str]),
}

/// How large a body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A JSON document.
    Json,
    /// An uploaded file.
    Upload,
    /// A form with a small file.
    Form,
}

/// One URL with one method.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    /// `noun.verb`, the operation's name.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    pub parameters: Vec<Parameter>,
    pub takes: Takes,
    pub answers: Vec<(u16, &'static str, Answer)>,
    pub schemas: Vec<(String, RefOr<Schema>)>,
    pub size: Size,
    pub handler: MethodRouter<Shared>,
}

/// `GET path`
pub(super) fn get<H: Handler<T, Shared>, T: 'static>(
    path: &'static str,
    access: Access,
    handler: H,
) -> Route {
    route(Method::GET, MethodFilter::GET, path, access, handler)
}

/// `POST path`
pub(super) fn post<H: Handler<T, Shared>, T: 'static>(
    path: &'static str,
    access: Access,
    handler: H,
) -> Route {
    route(Method::POST, MethodFilter::POST, path, access, handler)
}

/// `PUT path`
pub(super) fn put<H: Handler<T, Shared>, T: 'static>(
    path: &'static str,
    access: Access,
    handler: H,
) -> Route {
    route(Method::PUT, MethodFilter::PUT, path, access, handler)
}

/// `PATCH path`
pub(super) fn patch<H: Handler<T, Shared>, T: 'static>(
    path: &'static str,
    access: Access,
    handler: H,
) -> Route {
    route(Method::PATCH, MethodFilter::PATCH, path, access, handler)
}

/// `DELETE path`
pub(super) fn delete<H: Handler<T, Shared>, T: 'static>(
    path: &'static str,
    access: Access,
    handler: H,
) -> Route {
    route(Method::DELETE, MethodFilter::DELETE, path, access, handler)
}

fn route<H: Handler<T, Shared>, T: 'static>(
    method: Method,
    filter: MethodFilter,
    path: &'static str,
    access: Access,
    handler: H,
) -> Route {
    Route {
        method,
        path,
        access,
        name: "",
        summary: "",
        parameters: path_parameters(path),
        takes: Takes::Nothing,
        answers: Vec::new(),
        schemas: Vec::new(),
        size: Size::Json,
        handler: on(filter, handler),
    }
}

impl Route {
    /// Its name and what it is for.
    pub(super) fn named(mut self, name: &'static str, summary: &'static str) -> Self {
        (self.name, self.summary) = (name, summary);
        self
    }

    /// Query parameters.
    pub(super) fn query<T: IntoParams>(mut self) -> Self {
        self.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
        self
    }

    /// Takes a JSON body.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Takes::Json(Box::new(self.schema::<T>()));
        self
    }

    /// Takes a file as the body.
    pub(super) fn takes_file(mut self) -> Self {
        (self.takes, self.size) = (Takes::File, Size::Upload);
        self
    }

    /// Takes a form with a file.
    pub(super) fn takes_form<T: ToSchema>(mut self) -> Self {
        (self.takes, self.size) = (Takes::Form(Box::new(self.schema::<T>())), Size::Form);
        self
    }

    /// Takes the version that a change starts from.
    pub(super) fn if_match(mut self) -> Self {
        let schema = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let mut parameter = Parameter::new("If-Match");
        parameter.parameter_in = ParameterIn::Header;
        parameter.description = Some("修改所依据的版本：读取时得到的 ETag".to_owned());
        parameter.schema = Some(Schema::Object(schema.build()).into());
        self.parameters.push(parameter);
        self
    }

    /// Takes a key under which the same step is done once.
    pub(super) fn once(mut self) -> Self {
        let schema = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let mut parameter = Parameter::new("Idempotency-Key");
        parameter.parameter_in = ParameterIn::Header;
        parameter.description = Some("幂等键：8 至 100 个可见英文字符，相同的键只办理一次".to_owned());
        parameter.schema = Some(Schema::Object(schema.build()).into());
        self.parameters.push(parameter);
        self
    }

    /// Answers 204.
    pub(super) fn answers_nothing(mut self) -> Self {
        self.answers.push((204, "完成", Answer::Nothing));
        self
    }

    /// Answers 200 with `{ "items": […], "next": … }`.
    pub(super) fn pages<T: ToSchema>(mut self) -> Self {
        let items = self.schema::<T>();
        let next = SchemaType::from_iter([Type::String, Type::Null]);
        let object = ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(items))
            .property("next", ObjectBuilder::new().schema_type(next))
            .required("items")
            .required("next");
        self.answers.push((200, "一页", Answer::Json(Box::new(Schema::Object(object.build()).into()))));
        self
    }

    /// Answers 200 with a document.
    pub(super) fn answers<T: ToSchema>(self) -> Self {
        self.answers_with::<T>(200, "完成")
    }

    /// Answers with a document and this status.
    pub(super) fn answers_with<T: ToSchema>(mut self, status: u16, words: &'static str) -> Self {
        let schema = self.schema::<T>();
        self.answers.push((status, words, Answer::Json(Box::new(schema))));
        self
    }

    /// Answers 200 with `{ "items": […] }`.
    pub(super) fn lists<T: ToSchema>(mut self) -> Self {
        let items = self.schema::<T>();
        let object =
            ObjectBuilder::new().property("items", ArrayBuilder::new().items(items)).required("items");
        self.answers.push((200, "完成", Answer::Json(Box::new(Schema::Object(object.build()).into()))));
        self
    }

    /// Answers 200 with bytes of one of these media types.
    pub(super) fn sends(mut self, kinds: &'static [&'static str]) -> Self {
        self.answers.push((200, "文件", Answer::File(kinds)));
        self
    }

    fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name().into_owned();
        T::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), T::schema()));
        Ref::from_schema_name(name).into()
    }
}

/// What the words in braces stand for.
const PATH_WORDS: &[(&str, &str)] = &[
    ("county", "县级区划代码，6 位数字"),
    ("campaign", "活动代码，如 bayi-2024"),
    ("name", "文件名"),
    ("unit", "单位：代码、名称或别名"),
    ("login", "用户名"),
    ("role", "角色代码"),
    ("row", "统计表类别代码"),
    ("year", "年度，如 2024"),
    ("batch", "发放批次号或编号，如 bayi-2024-01"),
    ("part", "第几个文件，从 1 起"),
];

fn path_parameters(path: &str) -> Vec<Parameter> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let words =
                PATH_WORDS.iter().find(|(word, _)| *word == name).map_or("编号", |(_, words)| words);
            let schema = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
            let uuid = SchemaFormat::KnownFormat(KnownFormat::Uuid);
            let schema = if name == "id" { schema.format(Some(uuid)) } else { schema };
            let mut parameter = Parameter::new(name);
            parameter.parameter_in = ParameterIn::Path;
            parameter.required = Required::True;
            parameter.description = Some(words.to_owned());
            parameter.schema = Some(Schema::Object(schema.build()).into());
            parameter
        })
        .collect()
}
