// SPDX-License-Identifier: MIT
// A stand-in for the providers over loopback: `node aimock-server.mjs`
//
// Prints its base URL on the first line of standard output and stops when standard input closes.
// Speaks openai-chat at URL/v1/chat/completions and anthropic at URL/v1/messages, streaming or not,
// so `base-url=URL/v1` serves both. GET URL/__aimock/journal lists what it was asked.
//
// The last user message chooses the reply:
//   hello           a short text, usage 9 in, 4 out, as each dialect writes it
//   long            1,200 words in small pieces
//   slow            a text with 400 ms to the first piece and 50 ms between pieces
//   weather         a call of the tool get_weather {"city": "Paris"}
//   reasoning       reasoning, then a text
//   cut             the stream is cut in the middle (in one document: as hello)
//   dropped         the connection is closed with no reply
//   malformed       a reply that is not JSON
//   401 403 404 429 500 503 529   that status with the dialect's error body; 429 asks for 1 s
//   flaky           503 at every other request, else as hello: one retry is enough
//   patient         429 with Retry-After: 1 at every other request, else as hello
//   overlong        400 context_length_exceeded
//   broke           429 insufficient_quota
// Anything else is answered "You said: …" with the last user message, at four characters a token.
import process from "node:process";
import { LLMock } from "@copilotkit/aimock";

const HELLO = "Hello from the mock.";
const LONG = Array.from({ length: 1200 }, (_, i) => `word${i}`).join(" ");

// Each dialect reads its own names; a mock reply carries both.
const usage = (input, output) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  input_tokens: input,
  output_tokens: output,
});

const failure = (status, type, code, message, extra = {}) => ({
  error: { message, type, code },
  status,
  ...extra,
});

const FAILURES = {
  401: failure(401, "authentication_error", "invalid_api_key", "Incorrect API key provided."),
  403: failure(403, "permission_error", "forbidden", "This key may not use this model."),
  404: failure(404, "not_found_error", "model_not_found", "The model does not exist."),
  429: failure(429, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached.", {
    retryAfter: 1,
  }),
  500: failure(500, "api_error", "internal_error", "The server had an error."),
  503: failure(503, "overloaded_error", "overloaded", "The server is overloaded."),
  529: failure(529, "overloaded_error", "overloaded", "Overloaded."),
  overlong: failure(
    400,
    "invalid_request_error",
    "context_length_exceeded",
    "This model's maximum context length is 8192 tokens, your messages came to 9001 tokens.",
  ),
  broke: failure(
    429,
    "insufficient_quota",
    "insufficient_quota",
    "You exceeded your current quota, please check your plan and billing details.",
  ),
};

const exactly = (word) => new RegExp(`^${word}$`);

function addTexts(mock) {
  mock.onMessage(exactly("hello"), { content: HELLO, usage: usage(9, 4) }, { chunkSize: 6 });
  mock.onMessage(exactly("long"), { content: LONG, usage: usage(8, 2400) }, { chunkSize: 16 });
  mock.onMessage(
    exactly("slow"),
    { content: HELLO, usage: usage(8, 4) },
    { chunkSize: 4, streamingProfile: { ttft: 400, tps: 20, jitter: 0 } },
  );
  mock.onMessage(
    exactly("reasoning"),
    { content: "42", reasoning: "Six times seven.", usage: usage(9, 12) },
    { chunkSize: 4 },
  );
  mock.onMessage(exactly("weather"), {
    toolCalls: [{ id: "call_1", name: "get_weather", arguments: '{"city":"Paris"}' }],
    usage: usage(30, 14),
  });
}

function addFaults(mock) {
  mock.onMessage(
    exactly("cut"),
    { content: LONG, usage: usage(8, 2400) },
    // Without a pause the pieces would still be unsent when the connection is closed.
    { chunkSize: 16, truncateAfterChunks: 8, latency: 10 },
  );
  mock.onMessage(exactly("dropped"), { content: HELLO }, { chaos: { disconnectRate: 1 } });
  mock.onMessage(exactly("malformed"), { content: HELLO }, { chaos: { malformedRate: 1 } });
  for (const [word, response] of Object.entries(FAILURES)) {
    mock.onMessage(exactly(word), response);
  }
  for (const [word, status] of [["flaky", 503], ["patient", 429]]) {
    let failed = false;
    mock.onMessage(exactly(word), () => {
      failed = !failed;
      return failed ? FAILURES[status] : { content: HELLO, usage: usage(9, 4) };
    });
  }
}

function addEcho(mock) {
  mock.onMessage(/^/, (request) => {
    const last = request.messages.findLast((message) => message.role === "user");
    const said = typeof last?.content === "string" ? last.content : JSON.stringify(last?.content);
    const content = `You said: ${said}`;
    return { content, usage: usage(Math.ceil(said.length / 4), Math.ceil(content.length / 4)) };
  });
}

const mock = new LLMock({ port: 0, host: "127.0.0.1" });
addTexts(mock);
addFaults(mock);
addEcho(mock);
await mock.start();
console.log(mock.url);

process.stdin.resume();
process.stdin.once("end", async () => {
  await mock.stop();
  process.exit(0);
});
