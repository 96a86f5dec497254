const part = (n: number): string => `
class Order${n}(BaseModel):
    """What somebody wants of the yard, number ${n}."""

    id: int
    title: str = Field(default="order ${n}", max_length=200)
    tags: list[str] = []
    price: float | None = None


def total_of_${n}(orders: list[Order${n}], rate: float = 1.${n}) -> float:
    # What has no price is free.
    total = sum(order.price or 0.0 for order in orders)
    if not orders:
        return 0.0
    return round(total * rate, 2)

`;
const routes = (n: number): string => `
@app.get("/orders-${n}/{order_id}")
async def read_order_${n}(order_id: int, verbose: bool = False) -> dict[str, object]:
    found = Order${n}(id=order_id, title=f"order {order_id}")
    return {"order": found.model_dump(), "total": total_of_${n}([found]), "verbose": verbose}

`;
/** Each brings a route, until there are as many as a large app has. */
const routesMax = 60;

/** A FastAPI app that imports, of exactly so many lines: whole parts, and comments behind them. */
export function pythonText(lines: number): string {
  let text = 'from fastapi import FastAPI\nfrom pydantic import BaseModel, Field\n\napp = FastAPI()\n\n';
  for (let n = 0; ; n += 1) {
    const more = text + part(n) + (n < routesMax ? routes(n) : '');
    if (linesOf(more) > lines) return text + '#\n'.repeat(lines - linesOf(text));
    text = more;
  }
}

const linesOf = (text: string): number => text.split('\n').length - 1;
