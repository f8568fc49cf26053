export function CallsView({ parameters }: { parameters: URLSearchParams }) {
  void parameters;
  return <h1>Calls</h1>;
}
