//! Where single visits from many callers come together: whoever waits while a batch is being written goes into the
//! next one, which is one act with a few statements however many visits it holds (design rule 6).

use super::put::{self, One, Sent, Taken};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// Most visits in one act.
const BATCH: usize = 512;

struct Waiting {
    /// The campaign's code.
    campaign: String,
    one: One,
    answer: oneshot::Sender<Result<Taken, Problem>>,
}

type Queues = HashMap<CountyCode, mpsc::Sender<Waiting>>;

/// One queue for each county; a queue that has no visits for a while costs a task that sleeps.
#[derive(Clone, Default)]
pub struct Desks {
    queues: Arc<Mutex<Queues>>,
}

impl Desks {
    /// Records one visit and answers after it is durable.
    pub async fn put(
        &self,
        app: &App,
        caller: Caller,
        county: CountyCode,
        campaign: &str,
        sent: Sent,
    ) -> Result<Taken, Problem> {
        let scope = app.permit(&caller, Permission::VisitRecord, county).await?;
        if sent.confirms {
            app.permit(&caller, Permission::ConfirmationChange, county).await?;
        }
        let queue = self.queue(app, county);
        let (answer, answered) = oneshot::channel();
        let closed = || Problem::new(Code::Storage, "服务正在停止，请稍后再传");
        let one = One { caller: Arc::new(caller), scope, sent };
        let waiting = Waiting { campaign: campaign.trim().to_owned(), one, answer };
        queue.send(waiting).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    fn queue(&self, app: &App, county: CountyCode) -> mpsc::Sender<Waiting> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.entry(county).or_insert_with(|| {
            let (queue, waiting) = mpsc::channel(BATCH * 2);
            tokio::spawn(work(app.clone(), county, waiting));
            queue
        });
        queue.clone()
    }
}

async fn work(app: App, county: CountyCode, mut queue: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        while !batch.is_empty() {
            let (now, later) = of_one_act(std::mem::take(&mut batch));
            batch = later;
            write(&app, county, now).await;
        }
    }
}

/// What one act takes: visits of the first one's campaign. The same id twice is written in two acts, so that the
/// second sees what the first made.
fn of_one_act(batch: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
    let campaign = batch.first().map(|it| it.campaign.clone()).unwrap_or_default();
    let mut seen = HashSet::with_capacity(batch.len());
    batch.into_iter().partition(|it| it.campaign == campaign && seen.insert(it.one.sent.id))
}

async fn write(app: &App, county: CountyCode, batch: Vec<Waiting>) {
    let campaign = batch.first().map(|it| it.campaign.clone()).unwrap_or_default();
    let (ones, answers): (Vec<One>, Vec<_>) = batch.into_iter().map(|it| (it.one, it.answer)).unzip();
    match put::write(app, county, &campaign, ones).await {
        Ok(taken) => {
            for (answer, taken) in answers.into_iter().zip(taken) {
                // A client that went away hears nothing; the visit stands.
                let _ = answer.send(taken);
            }
        }
        Err(problem) => {
            for answer in answers {
                let _ = answer.send(Err(problem.clone()));
            }
        }
    }
}

/// Records many visits of one caller in one act; each has its own answer, in the order sent.
pub async fn put_many(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    sent: Vec<Sent>,
) -> Result<Vec<Result<Taken, Problem>>, Problem> {
    let scope = app.permit(caller, Permission::VisitRecord, county).await?;
    if sent.iter().any(|sent| sent.confirms) {
        app.permit(caller, Permission::ConfirmationChange, county).await?;
    }
    let mut seen = HashSet::with_capacity(sent.len());
    if !sent.iter().all(|sent| seen.insert(sent.id)) {
        return Err(Problem::new(Code::BadRequest, "同一批里有两条走访的编号相同，没有登记"));
    }
    let caller = Arc::new(caller.clone());
    let ones = sent
        .into_iter()
        .map(|sent| One { caller: Arc::clone(&caller), scope: scope.clone(), sent })
        .collect();
    put::write(app, county, campaign, ones).await
}
