import "../styles/base.css";
import "../styles/shell.css";
import "./phone.css";
import { render } from "preact";
import { startTheme } from "../app/theme";
import { Phone } from "./Phone";

startTheme();
render(<Phone />, document.getElementById("root")!);
