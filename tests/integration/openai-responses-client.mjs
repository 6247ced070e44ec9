// SPDX-License-Identifier: MIT
// What OpenAI's own SDK sends and reads: `node openai-responses-client.mjs BASE_URL`
//
// Makes each of the calls of test_openai_responses.py in the SDK's terms, and prints what it read
// as a line of JSON each: {name, text, calls, status, usage} or {name, error}.
import process from "node:process";
import OpenAI from "openai";

const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [
  { type: "function", name: "get_weather", description: "Weather", parameters, strict: false },
];
// What tokenwise says in every call: a limit, nothing kept, and reasoning that can come back.
const common = { store: false, include: ["reasoning.encrypted_content"] };

const calls = {
  text: {
    ...common,
    model: "gpt-5.4",
    instructions: "Be short.",
    input: [
      { role: "user", content: "Hello" },
      { role: "assistant", content: "Hello, who is there?" },
      { role: "user", content: "Me" },
    ],
    max_output_tokens: 64,
    reasoning: { effort: "low", summary: "auto" },
    stream: true,
  },
  whole: {
    model: "gpt-4.1",
    store: false,
    input: [{ role: "user", content: "Hello" }],
    max_output_tokens: 64,
    temperature: 0.5,
  },
  media: {
    model: "gpt-4.1",
    store: false,
    input: [
      {
        role: "user",
        content: [
          { type: "input_text", text: "What are these?" },
          { type: "input_image", detail: "auto", image_url: "https://example.org/a.png" },
          { type: "input_image", detail: "auto", image_url: "data:image/png;base64,QUJD" },
          { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" },
          { type: "input_file", file_url: "https://example.org/b.pdf" },
        ],
      },
    ],
    max_output_tokens: 64,
    stream: true,
  },
  tools: {
    ...common,
    model: "gpt-5.4",
    input: [
      { role: "user", content: "Weather in Paris and Rome?" },
      { type: "function_call", call_id: "c1", name: "get_weather", arguments: '{"city":"Paris"}' },
      { type: "function_call", call_id: "c2", name: "get_weather", arguments: '{"city":"Rome"}' },
      { type: "function_call_output", call_id: "c1", output: "rain" },
      { type: "function_call_output", call_id: "c2", output: "sun" },
    ],
    tools,
    tool_choice: { type: "function", name: "get_weather" },
    max_output_tokens: 64,
    service_tier: "flex",
    stream: true,
  },
  schema: {
    model: "gpt-4.1",
    store: false,
    input: [{ role: "user", content: "A city" }],
    text: { format: { type: "json_schema", name: "city", schema: parameters, strict: true } },
    max_output_tokens: 64,
    stream: true,
  },
  refused: {
    model: "gpt-4.1",
    store: false,
    input: [{ role: "user", content: "fail" }],
    max_output_tokens: 64,
    stream: true,
  },
};

const client = new OpenAI({ apiKey: process.env.TEST_KEY, baseURL: process.argv[2], maxRetries: 0 });

const read = async (call) => {
  const response = call.stream
    ? await client.responses.stream(call).finalResponse()
    : await client.responses.create(call);
  return {
    text: response.output_text,
    calls: response.output
      .filter((item) => item.type === "function_call")
      .map(({ call_id, name, arguments: text }) => ({ id: call_id, name, arguments: text })),
    status: response.status,
    usage: response.usage,
  };
};

for (const [name, call] of Object.entries(calls)) {
  const result = await read(call).catch((error) => ({ error: error.message }));
  console.log(JSON.stringify({ name, ...result }));
}
