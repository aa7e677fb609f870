//! The OpenAPI 3.1 document, made from the URL table.

use super::table::{Answer, Route, Takes};
use axum::http::Method;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref, RefOr,
    Required, ResponseBuilder,
};

const INFO: &str = "双拥通的数据接口。县的数据都在 /api/v1/counties/{county}/ 之下；出错时返回 application/problem+json，\
其中 code 固定不变，detail 是给用户看的话。";

/// The document of these routes.
pub fn document(routes: &[Route]) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut components = ComponentsBuilder::new().schema("Problem", problem());
    for route in routes.iter().filter(|route| route.path.starts_with("/api/")) {
        paths = paths.path(route.path, PathItem::new(method(route), operation(route)));
        for (name, schema) in &route.schemas {
            components = components.schema(name, schema.clone());
        }
    }
    OpenApiBuilder::new()
        .info(InfoBuilder::new().title("双拥通").version("1").description(Some(INFO)).build())
        .paths(paths.build())
        .components(Some(components.build()))
        .build()
}

fn method(route: &Route) -> HttpMethod {
    match route.method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(route: &Route) -> OperationBuilder {
    let tag = route.name.split('.').next().unwrap_or_default();
    let mut operation = OperationBuilder::new()
        .operation_id(Some(route.name))
        .tag(tag)
        .summary(Some(route.summary))
        .parameters(Some(route.parameters.clone()));
    let body = match &route.takes {
        Takes::Nothing => None,
        Takes::Json(schema) => Some(("application/json", schema.as_ref().clone())),
        Takes::Form(schema) => Some(("multipart/form-data", schema.as_ref().clone())),
        Takes::File => Some(("application/octet-stream", binary())),
    };
    if let Some((kind, schema)) = body {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new().content(kind, content).required(Some(Required::True)).build();
        operation = operation.request_body(Some(body));
    }
    for (status, words, answer) in &route.answers {
        let response = ResponseBuilder::new().description(*words);
        let response = match answer {
            Answer::Nothing => response,
            Answer::Json(schema) => response.content(
                "application/json",
                ContentBuilder::new().schema(Some(schema.as_ref().clone())).build(),
            ),
            Answer::File(kinds) => kinds.iter().fold(response, |response, kind| {
                response.content(*kind, ContentBuilder::new().schema(Some(binary())).build())
            }),
        };
        operation = operation.response(status.to_string(), response.build());
    }
    let refused = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let refused = ResponseBuilder::new()
        .description("没有照办，原因见 detail")
        .content("application/problem+json", refused)
        .build();
    operation.response("default", refused)
}

fn binary() -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::Custom("binary".to_owned())));
    Schema::Object(object.build()).into()
}

fn problem() -> Schema {
    let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer));
    let object = ObjectBuilder::new()
        .property("type", text())
        .property("code", text().description(Some("固定不变的代码")))
        .property("status", number)
        .property("title", text())
        .property("detail", text().description(Some("发生了什么、怎么办")))
        .property(
            "details",
            ObjectBuilder::new().description(Some("细节（各代码不同）")).schema_type(SchemaType::AnyValue),
        )
        .required("code")
        .required("status")
        .required("title")
        .required("detail");
    Schema::Object(object.build())
}
