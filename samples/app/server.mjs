// The company's own server of the sample: it serves the app's shell, and says who is signed in with the proof that the chat wants.
//
//   PARLOR_CHAT_URL=https://chat.example.com/chat/KEY PARLOR_IDENTITY_SECRET=… node samples/app/server.mjs

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const { PARLOR_CHAT_URL: chat_url, PARLOR_IDENTITY_SECRET: secret, USER_ID: user_id = "u-17", USER_NAME: name = "林小满" } = process.env;
if (!chat_url || !secret) throw new Error("PARLOR_CHAT_URL and PARLOR_IDENTITY_SECRET are needed");

const files = { "/": ["index.html", "text/html"], "/app.css": ["app.css", "text/css"], "/app.js": ["app.js", "text/javascript"] };

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/me") {
    // A real server looks at its session first.
    const user_hash = createHmac("sha256", secret).update(user_id, "utf8").digest("hex");
    response.writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
    response.end(JSON.stringify({ chat_url, user_id, user_hash, name }));
    return;
  }
  const file = files[pathname];
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": `${file[1]}; charset=utf-8` });
  response.end(await readFile(new URL(file[0], import.meta.url)));
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
