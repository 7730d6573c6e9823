import cangke.tickets.models.kinds
import cangke.tickets.models.tickets
import cangke.tickets.rules.tickets
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('calendar', '0001_initial'),
        ('catalog', '0001_initial'),
        ('customers', '0001_initial'),
        ('desk', '0001_initial'),
        ('orders', '0002_keep_history'),
        ('people', '0001_initial'),
        ('tickets', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='TicketKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='英文名称')),
                ('group', models.CharField(choices=cangke.tickets.models.kinds.kind_group_choices, default='work', max_length=12, verbose_name='分组')),
                ('hint', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('hint_en', models.CharField(blank=True, max_length=300, verbose_name='英文说明')),
                ('fields', models.JSONField(blank=True, default=list, verbose_name='字段')),
                ('tasks', models.JSONField(blank=True, default=list, verbose_name='子任务')),
                ('due_hours', models.PositiveIntegerField(blank=True, null=True, verbose_name='时限（工作小时）')),
                ('priority', models.PositiveSmallIntegerField(choices=cangke.tickets.models.kinds.priority_choices, default=0, verbose_name='优先级')),
                ('needs_solution', models.BooleanField(default=True, verbose_name='结束要写处理结果')),
                ('needs_reply', models.BooleanField(default=False, verbose_name='关闭前要答复客户')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='次序')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('hours', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calendar.openingtable', verbose_name='服务时间')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='分给哪个组')),
            ],
            options={
                'verbose_name': '工单类别',
                'verbose_name_plural': '工单类别',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=160, verbose_name='标题')),
                ('values', models.JSONField(blank=True, default=dict, verbose_name='内容')),
                ('state', models.CharField(choices=cangke.tickets.models.tickets.ticket_state_choices, default=cangke.tickets.rules.tickets.TicketState['NEW'], max_length=20, verbose_name='状态')),
                ('priority', models.PositiveSmallIntegerField(choices=cangke.tickets.models.kinds.priority_choices, default=0, verbose_name='优先级')),
                ('due_at', models.DateTimeField(verbose_name='期限')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='停表时间')),
                ('left_seconds', models.PositiveIntegerField(blank=True, null=True, verbose_name='剩余秒数')),
                ('overdue_at', models.DateTimeField(blank=True, null=True, verbose_name='逾期时间')),
                ('solution', models.CharField(blank=True, max_length=500, verbose_name='处理结果')),
                ('opened_at', models.DateTimeField(verbose_name='开单时间')),
                ('updated_at', models.DateTimeField(verbose_name='更新时间')),
                ('solved_at', models.DateTimeField(blank=True, null=True, verbose_name='解决时间')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='关闭时间')),
                ('reopen_count', models.PositiveSmallIntegerField(default=0, verbose_name='重开次数')),
                ('answer_call', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.phonecall', verbose_name='给客户的电话')),
                ('answer_message', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.message', verbose_name='给客户的答复')),
                ('conversation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.conversation', verbose_name='会话')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='客户')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='tickets.ticket', verbose_name='并入')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='开单人')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order', verbose_name='订单')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='负责人')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product', verbose_name='商品')),
                ('split_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split', to='tickets.ticket', verbose_name='由此拆出')),
                ('watchers', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='关注人')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='tickets.ticketkind', verbose_name='类别')),
            ],
            options={
                'verbose_name': '工单',
                'verbose_name_plural': '工单',
                'ordering': ['due_at', 'pk'],
                'indexes': [models.Index(fields=['owner', 'state', 'due_at'], name='ticket_owner'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['due_at'], name='ticket_due'), models.Index(fields=['kind', 'state', '-opened_at'], name='ticket_kind'), models.Index(fields=['-opened_at', '-id'], name='ticket_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('left_seconds__isnull', True), ('paused_at__isnull', True)), models.Q(('left_seconds__isnull', False), ('paused_at__isnull', False)), _connector='OR'), name='ticket_clock_stands_whole'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state__in', [cangke.tickets.rules.tickets.TicketState['IN_PROGRESS'], cangke.tickets.rules.tickets.TicketState['NEW'], cangke.tickets.rules.tickets.TicketState['SOLVED'], cangke.tickets.rules.tickets.TicketState['WAITING_CARRIER'], cangke.tickets.rules.tickets.TicketState['WAITING_CUSTOMER'], cangke.tickets.rules.tickets.TicketState['WAITING_WAREHOUSE']])), models.Q(models.Q(('state__in', [cangke.tickets.rules.tickets.TicketState['IN_PROGRESS'], cangke.tickets.rules.tickets.TicketState['NEW'], cangke.tickets.rules.tickets.TicketState['SOLVED'], cangke.tickets.rules.tickets.TicketState['WAITING_CARRIER'], cangke.tickets.rules.tickets.TicketState['WAITING_CUSTOMER'], cangke.tickets.rules.tickets.TicketState['WAITING_WAREHOUSE']]), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='ticket_closed_when_ended'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', False), _connector='OR'), name='ticket_merged_names_the_kept')],
            },
        ),
        migrations.CreateModel(
            name='TicketMacro',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='英文名称')),
                ('state', models.CharField(blank=True, max_length=20, verbose_name='改为状态')),
                ('priority', models.PositiveSmallIntegerField(blank=True, choices=cangke.tickets.models.kinds.priority_choices, null=True, verbose_name='改为优先级')),
                ('take', models.BooleanField(default=False, verbose_name='由我处理')),
                ('comment', models.CharField(blank=True, max_length=500, verbose_name='写备注')),
                ('reply', models.TextField(blank=True, verbose_name='回复客户')),
                ('reply_en', models.TextField(blank=True, verbose_name='回复客户（英文）')),
                ('solution', models.CharField(blank=True, max_length=500, verbose_name='处理结果')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='次序')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('kind', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='macros', to='tickets.ticketkind', verbose_name='只用于类别')),
            ],
            options={
                'verbose_name': '一键处理',
                'verbose_name_plural': '一键处理',
                'ordering': ['position', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', ''), _negated=True), ('priority__isnull', False), ('take', True), models.Q(('comment', ''), _negated=True), models.Q(('reply', ''), _negated=True), _connector='OR'), name='macro_does_something')],
            },
        ),
        migrations.CreateModel(
            name='TicketTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='子任务')),
                ('required', models.BooleanField(default=False, verbose_name='必做')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                ('done_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='tickets.ticket')),
            ],
            options={
                'verbose_name': '子任务',
                'verbose_name_plural': '子任务',
                'ordering': ['ticket_id', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TicketEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=cangke.tickets.models.tickets.entry_choices, max_length=16, verbose_name='事件')),
                ('text', models.TextField(blank=True, verbose_name='内容')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='数据')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('message', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.message', verbose_name='消息')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='tickets.ticket')),
            ],
            options={
                'verbose_name': '工单经过',
                'verbose_name_plural': '工单经过',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'customer_wrote')), fields=('ticket', 'message'), name='ticket_entry_once_a_message')],
            },
        ),
    ]
