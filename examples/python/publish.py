import json, os, time, urllib.request, uuid
url, run = os.environ.get("SPANTAIL_URL", "http://127.0.0.1:7321") + "/api/v1/ingest", str(uuid.uuid4())
def publish(**event):
    urllib.request.urlopen(urllib.request.Request(url, json.dumps({"traceId": run, **event}).encode(), {"content-type": "application/json"})).close()
publish(type="open", spanId="agent", spanType="agent", name="poet", input="Write a haiku about the sea.")
publish(type="open", spanId="model", parentSpanId="agent", spanType="model", name="chat", attributes={"gen_ai.request.model": "gpt-5-mini"}, input=[{"role": "user", "content": "Write a haiku about the sea."}])
for piece in ["Grey ", "waves ", "fold ", "and ", "rise"]:
    time.sleep(0.3); publish(type="update", spanId="model", outputDelta=piece)
publish(type="close", spanId="model", usage={"inputTokens": 12, "outputTokens": 5})
publish(fin=True, events=[{"type": "close", "spanId": "agent", "output": "Grey waves fold and rise"}])
