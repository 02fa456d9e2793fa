/** The cursors of all pages seen so far, in their order. */
export class PageTrail {
  private cursors: string[] = [""];
  /** Pages that were read. */
  nRead = 0;

  /** A page that begins at the cursor was read, and this is where the next one begins. */
  note(cursor: string, next: string): void {
    const at = this.cursors.indexOf(cursor);
    if (at < 0) return;
    if (this.cursors[at + 1] !== (next || undefined)) {
      // Runs came or went: what lies beyond begins elsewhere now.
      this.cursors = [...this.cursors.slice(0, at + 1), ...(next ? [next] : [])];
      this.nRead = at + 1;
    }
    this.nRead = Math.max(this.nRead, at + 1);
  }
  at(index: number): string | undefined {
    return this.cursors[Math.min(index, this.cursors.length - 1)];
  }
  knows(cursor: string): boolean {
    return this.cursors.includes(cursor);
  }
  indexOf(cursor: string): number {
    return Math.max(0, this.cursors.indexOf(cursor));
  }
  before(cursor: string): string | undefined {
    const at = this.cursors.indexOf(cursor);
    return at > 0 ? this.cursors[at - 1] : undefined;
  }
}
