// The same interface over TLS. The key and certificate below are made for this test only and protect nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:https";
import { test } from "node:test";
import { WebSocket } from "ws";
import { fakeServices } from "../../kit/fake-services.ts";
import { startTestApi, TOKENS } from "../../kit/start-api.ts";

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9w5gwWfHJTM5xTvx
1HqgmU2FLoL8RcM5NmqRnNVTDNmhRANCAASjXgzI9RpNFUlJ/2coZ8Lm1DPtU6vd
uXoah8m4jBfNzLbdG150PdNEwPeHzV5JswEcqxvbKFJh/L2J1zyOQuuM
-----END PRIVATE KEY-----
`;

// CN=localhost, valid for a hundred years.
const CERT = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIURPXzNp7Pvc9daxgFYs3h+1ZdLt8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTAyMDExOFoYDzIxMjYxMTAx
MDIwMTE4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASjXgzI9RpNFUlJ/2coZ8Lm1DPtU6vduXoah8m4jBfNzLbdG150PdNE
wPeHzV5JswEcqxvbKFJh/L2J1zyOQuuMo28wbTAdBgNVHQ4EFgQUL0GYhQ89s7+8
PfxSXyyZ1zyyT84wHwYDVR0jBBgwFoAUL0GYhQ89s7+8PfxSXyyZ1zyyT84wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgHQmG6+RhS1rrGs2nCEHdAjXfRQX6iP9kZX1X3TN0CkECIQCk
ZwK55Alxz/MXuPzPvRt0HeSaUF4bUhfkyDxkDQ/Gag==
-----END CERTIFICATE-----
`;

test("HTTP and WebSocket answer over TLS", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { tls: { key: KEY, cert: CERT }, tokens: TOKENS });
  assert.match(address, /^https:/);
  const options = { ca: CERT, headers: { authorization: "Bearer viewer-token" } };
  const status = await new Promise((resolve, reject) =>
    get(`${address}/api/v1/doctor`, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject),
  );
  assert.equal(status, 200);
  const socket = new WebSocket(`${address.replace("https", "wss")}/ws`, options);
  await once(socket, "open");
  socket.terminate();
});
