"""Signatures as botocore makes them, of requests that somebody else has signed.

Reads one JSON object per line: method, url (without its query), query (pairs, decoded), headers (as received), body (base64), service, region and
secret key. Writes one line for each: "ok", or what is wrong. Knows nothing of the other side but what stands in the request itself.
"""

import base64
import hashlib
import json
import re
import sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)
ALWAYS_SIGNED = re.compile(r"host$|content-type$|x-amz-")


def verdict(case: dict) -> str:
    headers = case["headers"]
    found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None:
        return "no authorization of this form"
    key_id, day, region, service, names, signature = found.groups()
    signed = names.split(";")
    if signed != sorted(signed):
        return "the signed headers are not sorted"
    if (region, service) != (case["region"], case["service"]):
        return "another service or Region"
    missing = [name for name in headers if ALWAYS_SIGNED.match(name) and name not in signed]
    if missing:
        return "not signed: " + ", ".join(missing)
    if not headers["x-amz-date"].startswith(day):
        return "the day of the scope is not that of the date"
    body = base64.b64decode(case["body"])
    if headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
        return "another body"

    request = AWSRequest(
        method=case["method"],
        url=case["url"],
        params=[tuple(pair) for pair in case["query"]],
        headers={name: headers[name] for name in signed},
        data=body,
    )
    request.context["timestamp"] = headers["x-amz-date"]
    credentials = Credentials(key_id, case["secret"], headers.get("x-amz-security-token"))
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return "ok" if signer.signature(text, request) == signature else "another signature"


for line in sys.stdin:
    print(verdict(json.loads(line)), flush=True)
