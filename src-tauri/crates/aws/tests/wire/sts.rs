//! Answers of STS, for what moto does not do.

use crate::canned::{Answer, Request};

/// A session with this access key id, which lasts to the end of the century.
pub(crate) fn session(key: &str) -> Answer {
    let body = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <Credentials><AccessKeyId>{key}</AccessKeyId>\
         <SecretAccessKey>secret-of-{key}</SecretAccessKey>\
         <SessionToken>token-of-{key}</SessionToken>\
         <Expiration>2099-12-31T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
         <ResponseMetadata><RequestId>sts-1</RequestId></ResponseMetadata></AssumeRoleResponse>"
    );
    Answer::Reply(200, "text/xml", body.into_bytes())
}

/// A refusal.
pub(crate) fn refusal(code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>sts-2</RequestId></ErrorResponse>"
    );
    Answer::Reply(403, "text/xml", body.into_bytes())
}

/// A field of the form that a request is; empty when it is not in it.
pub(crate) fn field(request: &Request, name: &str) -> String {
    let form = String::from_utf8(request.body.clone()).unwrap();
    let value = form.split('&').find_map(|pair| {
        let (field, value) = pair.split_once('=')?;
        (field == name).then(|| value.to_owned())
    });
    value.unwrap_or_default()
}
