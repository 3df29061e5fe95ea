import { el } from "../dom.js";
import { drawDataTable } from "./data_table.js";
import { drawInput } from "./input.js";
import { drawActions, drawAlert, drawContext, drawDivider, drawHeader, drawMarkdown, drawSection } from "./layout.js";
import { drawFile, drawImage } from "./media.js";
import { drawRichText } from "./rich_text.js";
import { drawTable } from "./table.js";

const BLOCKS = {
  section: drawSection,
  header: drawHeader,
  divider: drawDivider,
  context: drawContext,
  actions: drawActions,
  alert: drawAlert,
  markdown: drawMarkdown,
  input: drawInput,
  image: drawImage,
  file: drawFile,
  rich_text: (block, surface) => drawRichText(block, surface.directory),
  table: drawTable,
  data_table: drawDataTable,
};

/** The node of one block on its surface. A kind that is not drawn here says so, where a reader and a test can see it. */
export function drawBlock(block, surface, error) {
  const draw = BLOCKS[block.type];
  const node = draw
    ? draw(block, surface, error)
    : el("div", { class: "cannot-draw", role: "note" }, `Cannot draw the block “${block.type}”`);
  node.classList.add("block");
  node.dataset.blockType = block.type;
  return node;
}
