import "../styles/base.css";
import "../styles/shell.css";
import { render } from "preact";
import { startTheme } from "../app/theme";

startTheme();
render(<main><h1>A shared recording</h1></main>, document.getElementById("root")!);
