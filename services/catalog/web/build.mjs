// Builds the page: node build.mjs [--output folder] [--check]
// What it needs from npm it installs first. Two builds at once, as of two checkouts' projects, take turns.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(option("--output") ?? join(here, "../../../artifacts/page"));

// Each page is a script, what it imports, and the HTML that begins it.
const pages = { index: "src/main.tsx", phone: "src/phone/main.tsx", shared: "src/shared/main.tsx" };

// How long another's build is waited for: npm may have to fetch everything, and several may wait.
const patience = 10 * 60_000;

const unlock = await lock(join(here, ".build-lock"));
for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15]]) {
  process.on(signal, () => {
    unlock();
    process.exit(128 + number);
  });
}

try {
  install();
  if (process.argv.includes("--check")) {
    check();
  } else if (!isBuilt()) {
    await build();
  }
} catch (error) {
  // What esbuild found wrong it has said already.
  console.error(error.errors ? "The page was not built." : error.message);
  process.exitCode = 1;
} finally {
  unlock();
}

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** A file that holds the id of the process that builds; one whose process is gone counts for nothing. */
async function lock(path) {
  const since = Date.now();
  let isTold = false;
  for (;;) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") {
        throw error;
      }
    }

    const holder = holderOf(path);
    if (isAbandoned(path, holder)) {
      rmSync(path, { force: true });
    } else if (Date.now() - since > patience) {
      console.error(`The page was not built: ${path} has been held for ${patience / 60_000} minutes, now by process ${holder}. If that builds nothing, delete the file and build again.`);
      process.exit(1);
    } else {
      if (!isTold && holder) {
        console.log(`Waiting for process ${holder}, which builds the page and holds ${path}`);
        isTold = true;
      }

      await new Promise((done) => setTimeout(done, 200));
    }
  }
}

/** 0 where its id is not yet written, undefined where the lock has just gone. */
function holderOf(path) {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function isAbandoned(path, holder) {
  try {
    if (!holder) {
      return holder === 0 && Date.now() - statSync(path).mtimeMs > 10_000;
    }

    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function install() {
  const wanted = join(here, "package-lock.json");
  const installed = join(here, "node_modules/.package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) {
    return;
  }

  const npm = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: here, stdio: "inherit", shell: process.platform === "win32" });
  if (npm.status !== 0) {
    throw new Error(npm.error ? `npm could not be started: ${npm.error.message}` : "npm could not install what the page is built from: what it says above is the reason.");
  }
}

/** Whether somebody else has built this while we waited. */
function isBuilt() {
  const built = join(output, "built");
  return existsSync(built) && sources(here).every((file) => statSync(file).mtimeMs <= statSync(built).mtimeMs);
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && entry.name !== ".build-lock")
    .flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function check() {
  const tsc = spawnSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--project", here], { stdio: "inherit" });
  if (tsc.status !== 0) {
    process.exitCode = 1;
  }
}

async function build() {
  const esbuild = await import("esbuild");
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: pages,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".woff2": "file", ".svg": "file" },
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: "/assets",
    legalComments: "none",
    outdir: join(output, "assets"),
    metafile: true,
    write: false,
    logLevel: "warning",
  });

  // A style is linked by its document: that of a part that comes later would never come.
  const linked = Object.values(result.metafile.outputs).map((file) => file.cssBundle);
  const lost = Object.keys(result.metafile.outputs).find((file) => file.endsWith(".css") && !linked.includes(file));
  if (lost) {
    throw new Error(`Import this style in the page's own script, as main.tsx does: ${Object.keys(result.metafile.outputs[lost].inputs).join(", ")}`);
  }

  rmSync(output, { recursive: true, force: true });
  mkdirSync(join(output, "assets"), { recursive: true });
  for (const file of result.outputFiles) {
    write(join("assets", basename(file.path)), file.contents);
  }

  const licences = Buffer.from(licencesOf(result.metafile));
  const licencesName = `licences-${createHash("sha256").update(licences).digest("hex").slice(0, 8)}.txt`;
  write(join("assets", licencesName), licences);

  for (const [name, script] of Object.entries(pages)) {
    const html = readFileSync(join(here, `src/html/${name}.html`), "utf8").replace("<!-- assets -->", assetsOf(result.metafile, script, licencesName));
    writeFileSync(join(output, `${name}.html`), html);
  }

  writeFileSync(join(output, "built"), "");
  for (const [name, script] of Object.entries(pages)) {
    const total = initial(result.metafile, script).reduce((sum, file) => sum + gzipSync(readFileSync(join(output, "assets", basename(file)))).length, 0);
    console.log(`page ${name}: ${(total / 1024).toFixed(1)} KiB of script and style, compressed`);
  }
}

/** A file, and where that helps, as brotli and gzip have it: nothing is compressed while somebody waits. */
function write(name, contents) {
  const path = join(output, name);
  writeFileSync(path, contents);
  if (/\.(js|css|svg|txt)$/.test(name)) {
    writeFileSync(`${path}.br`, brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }));
  }
}

/** The head's links: the style first, then the script and what it imports at once. */
function assetsOf(metafile, script, licencesName) {
  const [entry, ...imported] = initial(metafile, script).filter((file) => file.endsWith(".js"));
  const style = outputOf(metafile, script).cssBundle;
  const font = Object.keys(metafile.outputs).find((file) => file.endsWith(".woff2"));
  const icon = Object.keys(metafile.outputs).find((file) => basename(file).startsWith("icon-"));
  return [
    icon && `<link rel="icon" type="image/svg+xml" href="${url(icon)}">`,
    font && `<link rel="preload" href="${url(font)}" as="font" type="font/woff2" crossorigin>`,
    style && `<link rel="stylesheet" href="${url(style)}">`,
    `<script type="module" src="${url(entry)}"></script>`,
    ...imported.map((file) => `<link rel="modulepreload" href="${url(file)}">`),
    `<link rel="license" href="/assets/${licencesName}">`,
  ].filter(Boolean).join("\n  ");
}

function url(file) {
  return `/assets/${basename(file)}`;
}

function outputOf(metafile, script) {
  return Object.values(metafile.outputs).find((file) => file.entryPoint === script);
}

/** The script of a page, what it imports before anything is shown, and its style. */
function initial(metafile, script) {
  const name = Object.keys(metafile.outputs).find((file) => metafile.outputs[file].entryPoint === script);
  const found = [name];
  for (const file of found) {
    for (const imported of metafile.outputs[file].imports) {
      if (imported.kind === "import-statement" && !found.includes(imported.path)) {
        found.push(imported.path);
      }
    }
  }

  const style = metafile.outputs[name].cssBundle;
  return style ? [...found, style] : found;
}

/** What the licences of the bundled packages ask for. */
function licencesOf(metafile) {
  const packages = new Set(Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  return [...packages].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENSE-MIT", "license"].map((file) => join(folder, file)).find(existsSync);
    if (!text) {
      throw new Error(`${name} comes without the text of its licence.`);
    }

    return `${name} ${version} (${license})\n\n${readFileSync(text, "utf8").trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}
