// Builds the browser's side of Cangke from npm packages into the package's git-ignored folder.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as esbuild from "esbuild";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const finished = path.join(here, "src/cangke/foundation/ui/static/ui/dist");
// Built aside and moved at the end: a page served meanwhile never finds half a folder.
const out = path.join(here, "node_modules/.cangke-dist");

const portalOut = path.join(here, "src/cangke/portal/static/portal/dist");

const fingerprint = (content) => createHash("sha256").update(content).digest("hex").slice(0, 12);

// The content policy knows no data: address, so pictures inside style sheets become files.
const picturesToFiles = {
  name: "pictures-to-files",
  setup(build) {
    build.onEnd(async (result) => {
      for (const file of result.outputFiles ?? []) {
        let text = file.text;
        if (file.path.endsWith(".css")) {
          const pictures = new Map();
          const data = /url\((?:"(data:image\/svg[^"]+)"|'(data:image\/svg[^']+)'|(data:image\/svg[^)"']+))\)/g;
          text = text.replace(data, (_, a, b, c) => {
            const [head, ...body] = (a ?? b ?? c).split(",");
            const raw = body.join(",");
            const svg = head.endsWith(";base64") ? Buffer.from(raw, "base64").toString() : decodeURIComponent(raw);
            const name = `picture.${fingerprint(svg)}.svg`;
            pictures.set(name, svg);
            return `url(${name})`;
          });
          if (text.includes("data:")) throw new Error(`${file.path} still holds a data: address`);
          for (const [name, svg] of pictures) await writeFile(path.join(out, name), svg);
        }
        await writeFile(file.path, text);
      }
    });
  },
};

async function buildIcons() {
  const wanted = JSON.parse(await readFile(path.join(here, "assets/icons.json"), "utf8"));
  const tabler = path.join(here, "node_modules/@tabler/icons");
  const drawn = JSON.parse(await readFile(path.join(tabler, "tabler-nodes-outline.json"), "utf8"));
  const symbols = Object.entries(wanted).map(([name, source]) => {
    if (!drawn[source]) throw new Error(`assets/icons.json: ${name} asks for ${source}, which Tabler Icons does not have`);
    const shapes = drawn[source].map(([tag, attributes]) => {
      const written = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`);
      return `<${tag} ${written.join(" ")}/>`;
    });
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.join("")}</symbol>`;
  });
  await writeFile(
    path.join(out, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Tabler Icons, MIT, see icons.svg.LEGAL.txt -->\n${symbols.join("\n")}\n</svg>\n`,
  );
  await copyFile(path.join(tabler, "LICENSE"), path.join(out, "icons.svg.LEGAL.txt"));
}

// Licences that carry no legal comment in their code are kept as a whole.
async function keepLicences() {
  const manifest = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  const parts = [];
  for (const name of [...Object.keys(manifest.dependencies), "@popperjs/core", "@orchidjs/sifter", "@orchidjs/unicode-variants", "zrender", "tslib"]) {
    const folder = path.join(here, "node_modules", name);
    const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    let text = "";
    for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "LICENSE.MIT"]) {
      text ||= await readFile(path.join(folder, file), "utf8").catch(() => "");
    }
    parts.push(`${name} ${about.version} (${about.license})\n\n${text}`);
  }
  await writeFile(path.join(out, "LICENCES.txt"), parts.join("\n\n" + "-".repeat(72) + "\n\n"));
}

for (const folder of [out, portalOut]) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
const common = { bundle: true, minify: true, legalComments: "linked", target: ["chrome109", "firefox115", "safari16"], outdir: out, logLevel: "warning" };
await Promise.all([
  esbuild.build({ ...common, entryPoints: { main: path.join(here, "assets/js/main.js"), early: path.join(here, "assets/js/early.js") }, format: "iife" }),
  esbuild.build({ ...common, entryPoints: { charts: path.join(here, "assets/js/charts.js") }, format: "esm" }),
  esbuild.build({ ...common, entryPoints: { main: path.join(here, "assets/css/main.css") }, write: false, plugins: [picturesToFiles] }),
  // The public pages have a bundle of their own: no framework, nothing of the inside.
  esbuild.build({
    ...common,
    outdir: portalOut,
    entryPoints: ["chat.js", "chat.css", "widget.js"].map((name) => path.join(here, "assets/widget", name)),
    format: "iife",
  }),
  buildIcons(),
  keepLicences(),
]);

// Names carry a fingerprint, so that browsers may keep the files for ever; the page reads the manifest.
async function nameByContent(folder, names) {
  const manifest = {};
  for (const name of names) {
    const file = path.join(folder, name);
    const [stem, ending] = name.split(".");
    manifest[name] = `${stem}.${fingerprint(await readFile(file))}.${ending}`;
    await rename(file, path.join(folder, manifest[name]));
  }
  await writeFile(path.join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
await nameByContent(out, ["early.js", "main.js", "charts.js", "main.css", "icons.svg"]);
await nameByContent(portalOut, ["chat.js", "chat.css", "widget.js"]);
await mkdir(path.dirname(finished), { recursive: true });
await rm(finished, { recursive: true, force: true });
await rename(out, finished);
