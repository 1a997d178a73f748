import { makeOtlpRequest } from './support/otlp-requests.ts';
const url = process.argv[2]!;
const bodies = Array.from({length: 200}, () => makeOtlpRequest(512));
await Promise.all([0,1,2,3].map(async k=>{ for (let i=k;i<bodies.length;i+=4){ const r=await fetch(`${url}/v1/traces`,{method:'POST',headers:{'content-type':'application/x-protobuf'},body:new Uint8Array(bodies[i]!.protobuf)}); if(r.status!==200) throw new Error(String(r.status)); await r.arrayBuffer(); }}));
