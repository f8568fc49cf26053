export function CallView({ callId }: { callId: string }) {
  return <h1>{callId}</h1>;
}
