import "./styles/base.css";
import "./styles/shell.css";
import "./operations/operations.css";
import "./calls/calls.css";
import "./call/call.css";
import { render } from "preact";
import { App } from "./app/App";
import { startTheme } from "./app/theme";

startTheme();
render(<App />, document.getElementById("root")!);
