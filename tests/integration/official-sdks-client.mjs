// SPDX-License-Identifier: MIT
// What the official SDKs send: `node official-sdks-client.mjs`
//
// Makes the calls of test_official_sdks.py in the SDKs' own terms against a recorder on loopback,
// and prints {name: {path, version, body}}.
import http from "node:http";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const key = "sk-test-not-a-real-key";
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const usage = { stream: true, stream_options: { include_usage: true } };
const text = (words) => ({ type: "text", text: words });
const user = (content) => ({ role: "user", content });
const breakpoint = { prompt_cache_breakpoint: { mode: "explicit" } };
const short = { cache_control: { type: "ephemeral" } };
const hour = { cache_control: { type: "ephemeral", ttl: "1h" } };

const chat = {
  text: {
    model: "gpt-5.4",
    messages: [{ role: "developer", content: "Be short." }, user("Hello")],
    max_completion_tokens: 64,
    reasoning_effort: "low",
    stop: ["END"],
    service_tier: "flex",
    prompt_cache_key: "k",
    metadata: { team: "t" },
    ...usage,
  },
  sampling: {
    model: "gpt-4.1",
    messages: [user("Hello")],
    max_completion_tokens: 64,
    temperature: 0.5,
    ...usage,
  },
  media: {
    model: "gpt-4.1",
    messages: [
      user([
        text("What are these?"),
        { type: "image_url", image_url: { url: "https://example.org/a.png", detail: "low" } },
        { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } },
        {
          type: "file",
          file: { filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" },
        },
        { type: "input_audio", input_audio: { data: "QUJD", format: "wav" } },
      ]),
    ],
    max_completion_tokens: 64,
    ...usage,
  },
  tools: {
    model: "gpt-5.4",
    messages: [
      user("Weather in Paris and Rome?"),
      {
        role: "assistant",
        content: null,
        tool_calls: ["Paris", "Rome"].map((city, i) => ({
          id: `c${i + 1}`,
          type: "function",
          function: { name: "get_weather", arguments: JSON.stringify({ city }) },
        })),
      },
      { role: "tool", tool_call_id: "c1", content: "rain" },
      { role: "tool", tool_call_id: "c2", content: "sun" },
    ],
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          description: "Weather",
          parameters: schema,
          strict: true,
        },
      },
    ],
    tool_choice: { type: "function", function: { name: "get_weather" } },
    max_completion_tokens: 64,
    ...usage,
  },
  schema: {
    model: "gpt-4.1",
    messages: [user("A city")],
    response_format: {
      type: "json_schema",
      json_schema: { name: "city", schema, strict: true },
    },
    max_completion_tokens: 64,
    ...usage,
  },
  cache: {
    model: "gpt-5.6-sol",
    messages: [
      { role: "system", content: [{ ...text("Long."), ...breakpoint }] },
      user([{ ...text("Longer."), ...breakpoint }, text("What?")]),
    ],
    max_completion_tokens: 64,
    prompt_cache_options: { mode: "explicit", ttl: "30m" },
    ...usage,
  },
};

const messages = {
  text: {
    model: "claude-opus-5-5",
    max_tokens: 64,
    system: "Be short.",
    messages: [user("Hello")],
    thinking: { type: "adaptive" },
    output_config: { effort: "low" },
    stop_sequences: ["END"],
    service_tier: "standard_only",
    metadata: { user_id: "u" },
    stream: true,
  },
  plain: {
    model: "claude-haiku-4-5",
    max_tokens: 64,
    messages: [user("Hello")],
    stream: true,
  },
  budget: {
    model: "claude-haiku-4-5",
    max_tokens: 4000,
    messages: [user("Hello")],
    thinking: { type: "enabled", budget_tokens: 2000 },
    stream: true,
  },
  media: {
    model: "claude-opus-5-5",
    max_tokens: 64,
    messages: [
      user([
        text("What are these?"),
        { type: "image", source: { type: "url", url: "https://example.org/a.png" } },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "QUJD" } },
        {
          type: "document",
          source: { type: "base64", media_type: "application/pdf", data: "QUJD" },
          title: "a.pdf",
        },
        { type: "document", source: { type: "url", url: "https://example.org/b.pdf" } },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "ABC" } },
      ]),
    ],
    stream: true,
  },
  tools: {
    model: "claude-opus-5-5",
    max_tokens: 64,
    messages: [
      user("Weather in Paris and Rome?"),
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm", signature: "Eq0" },
          { type: "redacted_thinking", data: "ZZ" },
          { type: "tool_use", id: "c1", name: "get_weather", input: { city: "Paris" } },
          { type: "tool_use", id: "c2", name: "get_weather", input: { city: "Rome" } },
        ],
      },
      user([
        { type: "tool_result", tool_use_id: "c1", content: "rain" },
        { type: "tool_result", tool_use_id: "c2", content: "sun", ...short },
      ]),
    ],
    system: [{ ...text("Long."), ...hour }],
    tools: [
      {
        name: "get_weather",
        description: "Weather",
        input_schema: schema,
        strict: true,
        ...hour,
      },
    ],
    tool_choice: { type: "tool", name: "get_weather" },
    stream: true,
  },
  schema: {
    model: "claude-opus-5-5",
    max_tokens: 64,
    messages: [user("A city")],
    output_config: { format: { type: "json_schema", schema } },
    stream: true,
  },
};

let last;
const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    last = {
      path: request.url,
      version: request.headers["anthropic-version"] ?? null,
      body: JSON.parse(body),
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end("{}");
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const openai = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 });
const recorded = {};
for (const [name, call] of Object.entries(chat)) {
  await openai.chat.completions.create(call);
  recorded[`openai-chat ${name}`] = last;
}
for (const [name, call] of Object.entries(messages)) {
  await anthropic.messages.create(call);
  recorded[`anthropic ${name}`] = last;
}
console.log(JSON.stringify(recorded));
server.closeAllConnections();
server.close();
