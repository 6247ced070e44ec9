// SPDX-License-Identifier: MIT
// What Google's own SDK sends and reads: `node gemini-client.mjs BASE_URL`
//
// Makes each of the calls of test_gemini.py in the SDK's terms, and prints what it read as a line
// of JSON each: {name, text, thoughts, calls, finish, usage} or {name, error}.
import process from "node:process";
import { GoogleGenAI } from "@google/genai";

const parameters = {
  type: "object",
  properties: { city: { type: ["string", "null"] } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [
  {
    functionDeclarations: [
      { name: "get_weather", description: "Weather", parametersJsonSchema: parameters },
    ],
  },
];
const hello = [{ role: "user", parts: [{ text: "Hello" }] }];
const call = (id, city) => ({ functionCall: { id, name: "get_weather", args: { city } } });
const result = (id, output) => ({
  functionResponse: { id, name: "get_weather", response: { output } },
});

const calls = {
  text: {
    model: "gemini-3.5-flash",
    contents: [
      ...hello,
      { role: "model", parts: [{ text: "Hello, who is there?" }] },
      { role: "user", parts: [{ text: "Me" }] },
    ],
    config: {
      systemInstruction: { parts: [{ text: "Be short." }] },
      maxOutputTokens: 64,
      temperature: 0.5,
      stopSequences: ["END"],
      thinkingConfig: { thinkingLevel: "LOW", includeThoughts: true },
      serviceTier: "flex",
    },
  },
  whole: { model: "gemini-2.5-flash", contents: hello, config: { maxOutputTokens: 64 } },
  budget: {
    model: "gemini-2.5-flash",
    contents: hello,
    config: { maxOutputTokens: 64, thinkingConfig: { thinkingBudget: 0 } },
  },
  media: {
    model: "gemini-3.5-flash",
    contents: [
      {
        role: "user",
        parts: [
          { text: "What are these?" },
          { fileData: { mimeType: "image/png", fileUri: "https://example.org/a.png" } },
          { inlineData: { mimeType: "image/png", data: "QUJD" } },
          { inlineData: { mimeType: "application/pdf", data: "QUJD" } },
          { inlineData: { mimeType: "audio/wav", data: "QUJD" } },
        ],
      },
    ],
    config: { maxOutputTokens: 64 },
  },
  tools: {
    model: "gemini-3.5-flash",
    contents: [
      { role: "user", parts: [{ text: "Weather in Paris and Rome?" }] },
      {
        role: "model",
        parts: [
          { ...call("c1", "Paris"), thoughtSignature: "skip_thought_signature_validator" },
          call("c2", "Rome"),
        ],
      },
      { role: "user", parts: [result("c1", "rain"), result("c2", "sun")] },
    ],
    config: {
      maxOutputTokens: 64,
      tools,
      toolConfig: {
        functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["get_weather"] },
      },
    },
  },
  schema: {
    model: "gemini-2.5-flash",
    contents: [{ role: "user", parts: [{ text: "A city" }] }],
    config: {
      maxOutputTokens: 64,
      responseMimeType: "application/json",
      responseJsonSchema: parameters,
    },
  },
  vertex: {
    model: "gemini-2.5-pro",
    contents: [
      {
        role: "user",
        parts: [{ fileData: { mimeType: "video/mp4", fileUri: "gs://bucket/a.mp4" } }],
      },
    ],
    config: { maxOutputTokens: 64, thinkingConfig: { thinkingBudget: 8192, includeThoughts: true } },
  },
  refused: {
    model: "gemini-3.5-flash",
    contents: [{ role: "user", parts: [{ text: "fail" }] }],
    config: { maxOutputTokens: 64 },
  },
};

const options = { apiKey: process.env.TEST_KEY, httpOptions: { baseUrl: process.argv[2] } };
const client = new GoogleGenAI(options);
const vertex = new GoogleGenAI({ ...options, vertexai: true });

const read = async (name) => {
  const { models } = name === "vertex" ? vertex : client;
  const replies =
    name === "whole"
      ? [await models.generateContent(calls[name])]
      : await models.generateContentStream(calls[name]);
  const sum = { text: "", thoughts: "", calls: [] };
  for await (const reply of replies) {
    const candidate = reply.candidates[0];
    for (const part of candidate.content?.parts ?? []) {
      sum[part.thought ? "thoughts" : "text"] += part.text ?? "";
      if (part.functionCall) sum.calls.push(part.functionCall);
    }
    sum.finish = candidate.finishReason ?? sum.finish;
    sum.usage = reply.usageMetadata ?? sum.usage;
  }
  return sum;
};

for (const name of Object.keys(calls)) {
  const result = await read(name).catch((error) => ({ error: error.message }));
  console.log(JSON.stringify({ name, ...result }));
}
