/** A table that scrolls inside the message instead of widening the page. */
import { useLingui } from "@lingui/react/macro";
import type { Tokens } from "marked";
import { InlineTokens } from "./InlineTokens";
import { children } from "./syntax";

export function TableView({ table }: { table: Tokens.Table }) {
  const { t } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="table-scroll" aria-label={t`Table`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its place
              <th key={column} data-align={cell.align} scope="col">
                <InlineTokens tokens={children(cell.tokens)} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{table.rows.map(drawRow)}</tbody>
      </table>
    </section>
  );
}

function drawRow(cells: Tokens.TableCell[], row: number) {
  return (
    <tr key={row}>
      {cells.map((cell, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its place
        <td key={column} data-align={cell.align}>
          <InlineTokens tokens={children(cell.tokens)} />
        </td>
      ))}
    </tr>
  );
}
