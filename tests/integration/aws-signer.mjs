// SPDX-License-Identifier: MIT
// AWS's own signer over the same lines that sigv4-sign reads; see test_sigv4.py.
import { createInterface } from "node:readline";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

for await (const line of createInterface({ input: process.stdin })) {
  const { key, secret, token, region, service, seconds, host, headers, ...request } = JSON.parse(line);
  const signer = new SignatureV4({
    credentials: { accessKeyId: key, secretAccessKey: secret, sessionToken: token },
    region, service, sha256: Sha256, applyChecksum: false,
  });
  const signed = await signer.sign({
    method: request.method, path: request.path, query: request.parameters ?? {},
    protocol: "https:", hostname: host, headers: { ...headers, host }, body: request.body,
  }, { signingDate: new Date(seconds * 1000) });
  console.log(signed.headers.authorization);
}
