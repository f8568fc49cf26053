import "../styles/base.css";
import "../styles/shell.css";
import "./shared.css";
import { render } from "preact";
import { startTheme } from "../app/theme";
import { SharedView } from "./SharedView";

startTheme();
render(<SharedView />, document.getElementById("root")!);
